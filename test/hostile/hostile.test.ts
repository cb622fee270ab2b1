// SPDX-License-Identifier: MIT
// A server that means harm, against the built bundle in its host and on real interpreters: each way to
// spend memory or time ends with a Status, or costs no more after thousands of octets than after a few.

import { createServer, type AddressInfo, type Socket } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { inEach, type Place, places, start } from "../bundle/places.js";
import { tell } from "../bundle/stage.js";

const CONNACK = Buffer.from([0x20, 2, 0, 0]);

/** A PUBLISH of one octet; a packet identifier where there is one. */
function publish(topic: string, qos = 0, packetId = 0): Buffer {
  const name = Buffer.from(topic);
  const body = [0, name.length, ...name, ...(qos > 0 ? [packetId >> 8, packetId & 255] : []), 120];
  return Buffer.from([0x30 + qos * 2, body.length, ...body]);
}

/** Runs a program against a server that does `attack` on each connection. */
async function attacked(place: Place, attack: (socket: Socket) => void) {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket.on("error", () => {}));
    // CONNECT is here; what follows is of no interest.
    socket.once("data", () => attack(socket));
    socket.resume();
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const program = start(
    place,
    `var heard = 0, octets = 0, usage = [], read = [], c = open({ answerMs: 400, reconnect: { min: 60000, max: 60000 } });
    function onHeard(topic, payload, packet) {
      heard++;
      octets += payload.length;
      if (read.length < 1 && octets > 50000) read.push(process.memory().usage);
      if (read.length === 1 && octets > 500000) {
        read.push(process.memory().usage);
        result("read", read);
      }
      if (heard === 50 || heard === 1000) usage.push(process.memory().usage);
      if (topic === "end") result("end", [heard, usage]);
    }
    c.on("message", onHeard);`,
    (server.address() as AddressInfo).port,
  );
  onTestFinished(async () => {
    await program.stop();
    sockets.forEach((socket) => socket.destroy());
    server.close();
  });
  return program;
}

const here = places.filter(({ broker }) => broker === "aedes");

inEach(here, "a hostile server", (place) => {
  test.each<[string, number, Buffer[]]>([
    [
      "100 messages at QoS 2 that it never releases",
      -15,
      [CONNACK, ...Array.from({ length: 100 }, (_, at) => publish("a", 2, at + 1))],
    ],
    ["a SUBACK of 256 MB", -16, [CONNACK, Buffer.from([0x90, 255, 255, 255, 127])]],
    [
      "a topic name longer than the inbox",
      -16,
      [CONNACK, Buffer.from([0x30, 255, 255, 3, 255, 255]), Buffer.alloc(2000, 97)],
    ],
    ["a length of five octets", -26, [CONNACK, Buffer.from([0x30, 255, 255, 255, 255, 1])]],
    ["something before CONNACK", -27, [publish("a")]],
    ["half a CONNACK, and no more", -33, [CONNACK.subarray(0, 2)]],
    ["no CONNACK", -33, []],
  ])("that sends %s is told as %i", async (_title, status, octets) => {
    const program = await attacked(place, (socket) => socket.write(Buffer.concat(octets)));
    const [first] = await tell(program, "close");
    expect(first).toBe(status);
  });

  test("that sends 2,000 messages under topics that are all new costs no more memory", async () => {
    const flood = Array.from({ length: 2000 }, (_, at) => publish(`flood/${"x".repeat(80)}/${at}`));
    const program = await attacked(place, (socket) =>
      socket.write(Buffer.concat([CONNACK, ...flood, publish("end")])),
    );
    const [[heard, [early, late]]] = await tell(program, "end");
    expect(heard).toBe(2001);
    // In blocks of the interpreter; a host has no count of its own, and answers the same.
    expect(late - early).toBeLessThan(100);
  }, 40000);

  test("that sends a message of 256 MB is read in parts, and what came costs no memory", async () => {
    const head = Buffer.from([0x30, 255, 255, 255, 127, 0, 1, 97]);
    const program = await attacked(place, (socket) =>
      socket.write(Buffer.concat([CONNACK, head, Buffer.alloc(600000, 120)])),
    );
    const [[early, late]] = await tell(program, "read", 1, 30000);
    expect(late - early).toBeLessThan(100);
    expect([...program.told("close"), ...program.told("error")]).toEqual([]);
  }, 40000);
});
