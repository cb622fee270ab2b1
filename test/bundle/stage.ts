// SPDX-License-Identifier: MIT
// What one scenario needs: a server, a program in its place, and a peer, which is another client
// (the package mqtt) that hears every message and sends some. All of it ends with the test.

import mqtt from "mqtt";
import { onTestFinished } from "vitest";
import { brokerOpen, until } from "../boards/broker.js";
import { mosquittoOpen, type TestServer } from "./mosquitto.js";
import { type Place, type Program, start } from "./places.js";

/** A message as the peer heard it. */
export interface Heard {
  topic: string;
  payload: Buffer;
  qos: number;
  retain: boolean;
}

export interface Peer {
  heard: Heard[];
  publish: (topic: string, payload: string | Buffer, qos?: 0 | 1 | 2) => Promise<unknown>;
}

export interface Stage {
  server: TestServer;
  /** Runs a program against the server, or against another port. */
  run: (program: string, port?: number) => Program;
  peer: () => Promise<Peer>;
}

async function aedesOpen(refusing: boolean): Promise<TestServer> {
  const broker = await brokerOpen();
  if (refusing) {
    broker.aedes.authenticate = (_client, _name, _password, done) =>
      done(Object.assign(new Error("no"), { returnCode: 4 as const }), false);
  }
  return { port: broker.port, refusal: -24, ...pick(broker) };
}

const pick = ({ stop, start, close }: Pick<TestServer, "stop" | "start" | "close">) => ({
  stop,
  start,
  close,
});

/** @param refusing a server that lets nobody in */
export async function stageOpen(place: Place, refusing = false): Promise<Stage> {
  const ends: (() => unknown)[] = [];
  onTestFinished(async () => {
    for (const end of ends.reverse()) await end();
  });
  const server = await (place.broker === "mosquitto" ? mosquittoOpen : aedesOpen)(refusing);
  ends.push(() => server.close());
  return {
    server,
    run: (program, port = server.port) => {
      const running = start(place, program, port);
      ends.push(running.stop);
      return running;
    },
    peer: async () => {
      const client = mqtt.connect({ host: "127.0.0.1", port: server.port, reconnectPeriod: 50 });
      ends.push(() => client.endAsync(true));
      client.on("error", () => {});
      const heard: Heard[] = [];
      client.on("message", (topic, payload, { qos, retain }) => {
        heard.push({ topic, payload, qos, retain });
      });
      await client.subscribeAsync("#", { qos: 2 });
      return {
        heard,
        publish: (topic, payload, qos = 0) => client.publishAsync(topic, payload, { qos }),
      };
    },
  };
}

/** A message as a program told it. */
export interface Told extends Heard {
  at: number;
  total: number;
}

/** The messages a program told of, octets again. */
export function messages(program: Program): Told[] {
  return program.told("message").map(([topic, payload, qos, retain, at, total]) => ({
    topic: Buffer.from(topic, "base64").toString(),
    payload: Buffer.from(payload, "base64"),
    qos,
    retain,
    at,
    total,
  }));
}

/** Waits for `count` values of that name; what the program printed is told when they do not come. */
export async function tell(program: Program, name: string, count = 1, ms = 15000): Promise<any[]> {
  const limit = Date.now() + ms;
  await until(() => program.told(name).length >= count || Date.now() > limit);
  const values = program.told(name);
  if (values.length < count) {
    throw new Error(
      `The program told "${name}" ${values.length} times, not ${count}. It printed:\n` +
        program.lines.slice(-40).join("\n"),
    );
  }
  return values;
}
