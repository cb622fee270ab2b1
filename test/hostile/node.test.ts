// SPDX-License-Identifier: MIT
// The attacks of tools/hostile by a real server on real sockets, against the package in Node: each ends
// with its Status or is survived, and the client comes back. worlds.test.ts counts what they cost; here
// the port's buffers and the kernel's are in between.

import { createServer, type AddressInfo, type Socket } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { connect } from "../../boards/host/module.js";
import { until } from "../boards/broker.js";
// @ts-ignore: the tools are JavaScript
import { attacks, chunkOf } from "../../tools/hostile/attacks.mjs";

interface Attack {
  title: string;
  status: number;
  large?: number;
  head: string;
  pre?: string;
  per?: number;
  times?: number;
  everyMs?: number;
  isDeaf?: boolean;
  isBrief?: boolean;
}

const CONNACK = Buffer.from([0x20, 2, 0, 0]);
/** Octets that drip: a thousand times as fast as in the worlds, where keep alive is 60 s. */
const DRIP_MS = 10;
/** What a message says that ends an attack which is survived. */
const END = Buffer.from("\x30\x06\0\x03endx", "latin1");
/** In the midst of a packet nothing else can be said. */
const isEndless = ({ title }: Attack) => /^a (message of 256 MB|topic name)/.test(title);
/** The socket takes more, or is closed. */
const goesOn = (socket: Socket) =>
  new Promise<void>((done) => socket.once("drain", done).once("close", () => done()));

/** Does the attack; true when the connection has stood it to its end. */
async function does(attack: Attack, socket: Socket): Promise<boolean> {
  const octets = (text: string) => Buffer.from(text, "latin1");
  if (attack.isDeaf) socket.pause();
  socket.write(octets(attack.head));
  for (let at = 0; at < (attack.times ?? 0) || attack.isDeaf; at++) {
    if (socket.destroyed) return false;
    const isTaken = socket.write(octets(chunkOf(attack, at * (attack.per ?? 1))));
    if (attack.everyMs) await new Promise((done) => setTimeout(done, DRIP_MS));
    else if (!isTaken) await goesOn(socket);
  }
  return !socket.destroyed;
}

// The last one is a backoff of an hour, which a clock that is made up can wait for.
const here = (attacks as Attack[]).filter(({ isBrief }) => !isBrief);

test.each(here)(
  "a server that sends $title to the package in Node",
  async (attack) => {
    const sockets = new Set<Socket>();
    let stood: boolean | undefined;
    const server = createServer((socket) => {
      sockets.add(socket.on("error", () => {}));
      socket.once("data", () => {
        if (sockets.size > 1) socket.write(CONNACK);
        else
          void does(attack, socket).then((value) => {
            stood = value;
            if (value && !isEndless(attack)) socket.write(END);
          });
      });
      socket.resume();
    });
    await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
    const { port } = server.address() as AddressInfo;
    const client = connect({
      host: "127.0.0.1",
      port,
      keepAlive: 1,
      answerMs: 400,
      reconnect: { min: 10, max: 20 },
    });
    onTestFinished(() => {
      client.end();
      sockets.forEach((socket) => socket.destroy());
      server.close();
    });
    const told = { closes: [] as number[], errors: [] as unknown[], topics: new Set<string>() };
    let connects = 0;
    client
      .on("connect", () => (connects += 1))
      .on("close", (status) => told.closes.push(status))
      .on("error", (reason) => told.errors.push(reason));
    client.subscribe("#", 2, (topic) => void told.topics.add(topic.slice(0, 3)));

    const status = attack.large ?? attack.status;
    if (status < 0) await until(() => told.closes.length > 0);
    else {
      await until(() => told.topics.has("end") || (isEndless(attack) && stood !== undefined));
      sockets.forEach((socket) => socket.destroy());
      await until(() => told.closes.length > 0);
    }
    expect(told.errors).toEqual([]);
    // The program's server ends a connection that is kept.
    expect(told.closes[0]).toBe(status < 0 ? status : -31);
    const before = connects;
    await until(() => connects > before);
  },
  60000,
);
