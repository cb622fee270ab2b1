// SPDX-License-Identifier: MIT
// What reaches a socket of Node, and when: gathering, payloads by reference, and word of it.

import type { Socket } from "node:net";
import { describe, expect, test } from "vitest";
import { gatherOpen } from "../../boards/host/gather.js";
import { port } from "../../boards/host/port.js";
import { clientOpen } from "../../src/client.js";
import type { LinkEvents } from "../../boards/hal.js";
import { octetsOf } from "./broker.js";

/** A socket that keeps what is written and takes it when told. */
function fakeSocket() {
  const writes: (string | Uint8Array)[] = [];
  const waiting: (() => void)[] = [];
  const socket = {
    destroyed: false,
    writableLength: 0,
    corks: 0,
    cork: () => (socket.corks += 1),
    uncork: () => (socket.corks -= 1),
    write(chunk: string | Uint8Array, then: (() => void) | string) {
      writes.push(chunk);
      socket.writableLength += chunk.length;
      if (typeof then === "function") waiting.push(then);
    },
    take() {
      socket.writableLength = 0;
      for (const then of waiting.splice(0)) then();
    },
  };
  const octets = () =>
    Buffer.concat(
      writes.map((chunk) => (typeof chunk === "string" ? Buffer.from(chunk, "latin1") : chunk)),
    );
  return { socket, writes, octets };
}

const turn = () => new Promise<void>((done) => setImmediate(done));

function open() {
  const fake = fakeSocket();
  const told = { drained: 0 };
  const gather = gatherOpen(fake.socket as unknown as Socket, () => {
    told.drained += 1;
  });
  return { ...fake, gather, told };
}

describe("gather", () => {
  test("writes once what is put during a turn, promises kept included", async () => {
    const { gather, writes, octets } = open();
    gather.put("\x30\xff", new Uint8Array([0, 255]));
    gather.put("\x80", "\x81");
    await Promise.resolve();
    gather.put("x", octetsOf(1000));
    expect(writes.length).toBe(0);
    await turn();
    expect(writes.length).toBe(1);
    const head = Buffer.from([0x30, 255, 0, 255, 0x80, 0x81, 0x78]);
    expect(Buffer.compare(octets(), Buffer.concat([head, octetsOf(1000)]))).toBe(0);
  });

  test("hands a long payload over as the object it was given, and copies a short one", async () => {
    const { gather, writes, socket } = open();
    const long = octetsOf(65536);
    const short = octetsOf(30000);
    gather.put("a", short);
    gather.put("b", long);
    short.fill(0);
    expect(socket.corks).toBe(0);
    await turn();
    expect(writes).toContain(long);
    expect((writes[0] as Uint8Array).subarray(1, 100)).toEqual(
      Buffer.from(octetsOf(30000).subarray(0, 99)),
    );
  });

  test("keeps the order and every octet, whatever the sizes and however slow the socket", async () => {
    const { gather, octets, socket } = open();
    const expected: Uint8Array[] = [];
    for (let at = 0; at < 400; at++) {
      const length = at % 7 === 0 ? 65480 + at : (at * 37) % 700;
      const payload = octetsOf(length);
      const head = String.fromCharCode(at % 256).repeat(at % 40);
      expected.push(Buffer.from(head, "latin1"), payload);
      gather.put(head, at % 3 === 0 ? Buffer.from(payload).toString("latin1") : payload);
      if (at % 11 === 0) await turn();
      if (at % 50 === 0) socket.take();
    }
    await turn();
    expect(Buffer.compare(octets(), Buffer.concat(expected))).toBe(0);
  });

  test("tells when the socket has taken everything, and never from inside a call", async () => {
    const { gather, socket, told } = open();
    gather.put("a");
    await turn();
    await turn();
    expect(told.drained).toBe(0);
    socket.take();
    expect(told.drained).toBe(0);
    await turn();
    expect(told.drained).toBe(1);
    gather.put("b");
    await turn();
    gather.put("c");
    socket.take();
    gather.put("d");
    await turn();
    await turn();
    expect(told.drained).toBe(1);
    socket.take();
    await turn();
    expect(told.drained).toBe(2);
  });

  test("leaves a socket alone that is destroyed", async () => {
    const { gather, socket, writes } = open();
    gather.put("a");
    socket.destroyed = true;
    await turn();
    expect(writes).toEqual([]);
  });
});

describe("the link", () => {
  test.each([0, 1, 2])("gets the Uint8Array that was published, at QoS %i", (qos) => {
    const put: unknown[] = [];
    let start: (() => void) | undefined;
    let drive: unknown;
    let events!: LinkEvents;
    const client = clientOpen(
      { host: "a", clientId: "a" },
      {
        ...port,
        open: (given, told) => {
          events = told;
          drive = given;
          return { write: (_octets, payload) => put.push(payload), end: () => {} };
        },
        after: (step, _ms, record) => {
          start ??= () => step(record);
        },
        stop: () => {},
      },
    );
    if (typeof client === "number") throw new Error("refused");
    start!();
    events.received(drive, "\x20\x02\0\0");
    for (const length of [1, 200, 100000]) {
      const payload = octetsOf(length);
      client.publish("a", payload, qos);
      expect(put.at(-1)).toBe(payload);
    }
  });
});

describe("the port", () => {
  test("answers undefined, and does not throw, for what Node refuses at once", () => {
    expect(port.open({}, {} as LinkEvents, { host: "127.0.0.1", port: 70000 })).toBeUndefined();
    const tls = { minVersion: "none" };
    expect(port.open({}, {} as LinkEvents, { host: "127.0.0.1", port: 1, tls })).toBeUndefined();
  });
});
