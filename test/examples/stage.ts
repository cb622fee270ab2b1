// SPDX-License-Identifier: MIT
// A stage for examples: the built program on the simulated board, and a server that writes down what it
// sees. Tests wait for what has to come, and for nothing else.

import { readFileSync } from "node:fs";
import { onTestFinished } from "vitest";
import { brokerOpen, until } from "../boards/broker.js";
// @ts-ignore: the tools are JavaScript
import { openBoard } from "../../tools/simulated/board.mjs";
// @ts-ignore
import { createWorld } from "../../tools/simulated/world.mjs";

export type Kind = "espruino-esp32" | "nodemcu-esp8266" | "nodemcu-esp32";

export interface Seen {
  topic: string;
  payload: string;
  qos: number;
  retain: boolean;
}

const dist = (path: string, encoding: BufferEncoding) =>
  readFileSync(new URL(`../../dist/${path}`, import.meta.url), encoding);

/** What has to be on a board for an example; on NodeMCU with the whole client or with the lean one. */
export function filesOf(kind: Kind, example: string, client = "ringlet"): Record<string, string> {
  if (kind === "espruino-esp32") return { ".boot0": dist(`${kind}/${example}.min.js`, "utf8") };
  return {
    "init.lua": dist(`${kind}/${example}.lua`, "latin1"),
    [`${client}.lua`]: dist(`lua/${client}.lua`, "latin1"),
  };
}

export interface Options {
  kind: Kind;
  example: string;
  /** Another program for the same wiring. */
  program?: string;
  client?: string;
  config?: object;
  /** Octets that a file may have. */
  room?: () => number;
  onSleep?: (seconds: number) => void;
}

export async function stageOpen(options: Options) {
  const { kind, example, program = example, client, config = {}, room, onSleep } = options;
  const broker = await brokerOpen();
  const seen: Seen[] = [];
  const lines: string[] = [];
  const outputs: string[] = [];
  const restarts: string[] = [];
  broker.aedes.on("publish", ({ topic, payload, qos, retain }, from) => {
    if (from) seen.push({ topic, payload: payload.toString(), qos, retain });
  });
  const subscribed = new Set<string>();
  broker.aedes.on("subscribe", (all) => all.forEach(({ topic }) => subscribed.add(topic)));
  broker.aedes.on("clientDisconnect", () => seen.push(gone));
  const world = createWorld();
  const ringlet = {
    host: "127.0.0.1",
    port: broker.port,
    clientId: "n1",
    ssid: "net",
    interval: 0.2,
  };
  const files: Record<string, string> = {
    ...filesOf(kind, program, client),
    "ringlet.json": JSON.stringify({ ...ringlet, reconnect: { min: 20, max: 200 }, ...config }),
  };
  const board = await openBoard({
    kind,
    wiring: example,
    files,
    world,
    room,
    onSleep,
    print: (line: string) => void lines.push(line),
    onOutput: (name: string, level: number) => void outputs.push(`${name} ${level}`),
    onRestart: (reason: string) => void restarts.push(reason),
  });
  onTestFinished(async () => {
    board.stop();
    await broker.close();
  });
  const below = (name: string) => `ringlet/n1/${name}`;
  /** Waits for a message that comes from now on, and for which `isIt`. */
  async function next(name: string, isIt: (payload: string) => boolean = () => true) {
    const from = seen.length;
    const isNext = (one: Seen) => one.topic === below(name) && isIt(one.payload);
    await until(() => seen.slice(from).some(isNext));
    return seen.slice(from).find(isNext)!;
  }
  return {
    board,
    broker,
    world,
    seen,
    lines,
    outputs,
    restarts,
    /** What was told of a topic below the node's, so far. */
    told: (name: string) => seen.filter(({ topic }) => topic === below(name)),
    next,
    /** The next report as a record that fits. */
    async report(isIt: (report: any) => boolean = () => true): Promise<any> {
      const { payload } = await next("report", (text) => isIt(JSON.parse(text)));
      return JSON.parse(payload);
    },
    /** Sends a command, as soon as somebody listens for it. */
    async command(name: string, payload: string, retain = false): Promise<void> {
      const topic = below(`set/${name}`);
      await until(() => subscribed.has(topic));
      broker.aedes.publish(
        { cmd: "publish", topic, payload, qos: 1, retain, dup: false },
        () => {},
      );
    },
  };
}

const gone: Seen = { topic: "gone", payload: "", qos: 0, retain: false };

export { until };
