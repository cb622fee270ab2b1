// SPDX-License-Identifier: MIT
// The node that sleeps, built, on the simulated board of each kind: how many round trips it takes from a
// TCP connection to sleep, what happens without an answer, and that nothing but the world outlives it.

import { createServer, type AddressInfo } from "node:net";
import { expect, onTestFinished, test } from "vitest";
// @ts-ignore: the tools are JavaScript
import { openBoard } from "../../tools/simulated/board.mjs";
// @ts-ignore
import { createWorld } from "../../tools/simulated/world.mjs";
import { filesOf, type Kind, stageOpen, until } from "./stage.js";

const KINDS: Kind[] = ["espruino-esp32", "nodemcu-esp8266", "nodemcu-esp32"];

/** First octets of the packets in a chunk that holds whole ones, below 128 octets each. */
function packets(octets: Buffer): number[] {
  const found = [];
  for (let at = 0; at < octets.length; at += 2 + octets[at + 1]!) found.push(octets[at]!);
  return found;
}

test.each(KINDS)("one report with QoS 1 takes one round trip on %s", async (kind) => {
  const slept: number[] = [];
  /** What came, up to each of our answers. */
  const turns: number[][] = [];
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    let rest = Buffer.alloc(0);
    socket.on("error", () => {});
    socket.on("end", () => socket.end());
    socket.on("data", (chunk) => {
      rest = Buffer.concat([rest, chunk]);
      const seen = packets(rest);
      if (turns.length === 0 && seen.includes(0x33)) {
        turns.push(seen);
        const id = rest.indexOf("/report") + "/report".length;
        socket.write(Buffer.from([0x20, 2, 0, 0, 0x40, 2, rest[id]!, rest[id + 1]!]));
        rest = Buffer.alloc(0);
      } else if (turns.length === 1 && seen.includes(0xe0)) turns.push(seen);
    });
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const { port } = server.address() as AddressInfo;
  const config = { host: "127.0.0.1", port, clientId: "s1", ssid: "net", interval: 300 };
  const board = await openBoard({
    kind,
    wiring: "sleeper",
    files: { ...filesOf(kind, "sleeper"), "ringlet.json": JSON.stringify(config) },
    world: createWorld(),
    onSleep: (seconds: number) => void slept.push(seconds),
  });
  onTestFinished(() => {
    board.stop();
    server.close();
  });
  await until(() => slept.length > 0);
  expect(slept).toEqual([300]);
  // CONNECT and PUBLISH with QoS 1, retained, before any answer; then DISCONNECT, and nothing else.
  expect(turns).toEqual([[0x10, 0x33], [0xe0]]);
});

test.each(KINDS)("each time it wakes up it tells what there is, on %s", async (kind) => {
  const slept: number[] = [];
  const { world, board, told, restarts } = await stageOpen({
    kind,
    example: "sleeper",
    config: { interval: 60 },
    onSleep: (seconds) => void slept.push(seconds),
  });
  await until(() => slept.length === 1);
  expect(board.isAsleep()).toBe(true);
  world.set("temperature", -7.5);
  await board.wake();
  await until(() => slept.length === 2);
  board.unplug("bme280");
  await board.wake();
  await until(() => slept.length === 3);
  const reports = told("report").map(({ payload }) => JSON.parse(payload));
  expect(reports.map((one) => one.temperature)).toEqual([21.5, -7.5, undefined]);
  expect(reports[2]).toEqual({ fault: { climate: -40 } });
  expect(told("report").every(({ qos, retain }) => qos === 1 && retain)).toBe(true);
  expect(slept).toEqual([60, 60, 60]);
  expect(restarts).toEqual([]);
});
