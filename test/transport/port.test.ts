// SPDX-License-Identifier: MIT
// The port over WebSockets by itself, against a socket that does what a test says: the contract of
// boards/hal.ts where a server on loopback cannot be made to break it.

import { afterEach, describe, expect, test, vi } from "vitest";
import { port, type WebSocketLike } from "../../src/transport/websocket.js";

/** A socket that keeps what it is given, and is told what happens. */
class FakeSocket implements WebSocketLike {
  static newest: FakeSocket;
  binaryType = "";
  bufferedAmount = 0;
  onopen: ((event: unknown) => void) | null = null;
  onmessage: ((event: unknown) => void) | null = null;
  onclose: ((event: unknown) => void) | null = null;
  onerror: ((event: unknown) => void) | null = null;
  frames: string[] = [];
  isClosed = false;
  throws = false;
  constructor(
    readonly url: string,
    readonly protocols: string[],
  ) {
    FakeSocket.newest = this;
  }
  send(data: Uint8Array): void {
    if (this.throws) throw new Error("the socket throws");
    this.frames.push(Buffer.from(data).toString("latin1"));
  }
  close(): void {
    this.isClosed = true;
  }
}

function opened(tls: object | undefined) {
  const told: string[] = [];
  const events = {
    received: (_drive: unknown, octets: string) => void told.push(`received ${octets}`),
    drained: () => void told.push("drained"),
    closed: () => void told.push("closed"),
  };
  const link = port.open({}, events, { host: "ws://a", tls })!;
  return { told, link, socket: FakeSocket.newest };
}

const turn = () => new Promise((done) => setImmediate(done));

afterEach(() => vi.unstubAllGlobals());

describe("the port over WebSockets", () => {
  test("takes the browser's own WebSocket where none is given", () => {
    vi.stubGlobal("WebSocket", FakeSocket);
    const { socket } = opened(undefined);
    expect(socket.url).toBe("ws://a");
    expect(socket.protocols).toEqual(["mqtt"]);
  });

  test("keeps what is written before it is open, a long payload too, in its order", async () => {
    const { link, socket } = opened(FakeSocket);
    link.write("first");
    link.write("head", new Uint8Array(2000).fill(65));
    link.write("last");
    await turn();
    expect(socket.frames).toEqual([]);
    socket.onopen!({});
    expect(socket.frames.join("")).toBe(`firsthead${"A".repeat(2000)}last`);
  });

  test("sends before the turn is over when a lot has gathered", () => {
    const { link, socket } = opened(FakeSocket);
    socket.onopen!({});
    for (let i = 0; i < 65; i++) link.write("x".repeat(1000));
    expect(socket.frames.join("")).toBe("");
    link.write("y".repeat(1000));
    expect(socket.frames.join("")).toHaveLength(66000);
  });

  test("tells that it is closed when the socket throws", async () => {
    const { link, socket, told } = opened(FakeSocket);
    socket.onopen!({});
    socket.throws = true;
    link.write("x");
    await turn();
    expect(told).toEqual(["closed"]);
    expect(() => link.write("y")).toThrow();
  });

  test("throws on a write behind the end, and reads nothing any more", () => {
    const { link, socket, told } = opened(FakeSocket);
    socket.onopen!({});
    link.write("last");
    link.end();
    expect(socket.frames).toEqual(["last"]);
    expect(socket.isClosed).toBe(true);
    expect(() => link.write("more")).toThrow();
    socket.onmessage!({ data: new Uint8Array([65]).buffer });
    expect(told).toEqual([]);
    socket.onclose!({});
    socket.onclose!({});
    expect(told).toEqual(["closed"]);
  });

  test("tells nothing of a connection that was let go of", async () => {
    const { link, socket, told } = opened(FakeSocket);
    socket.onopen!({});
    port.drop(link);
    expect(socket.isClosed).toBe(true);
    socket.onmessage!({ data: new Uint8Array([65]).buffer });
    socket.onclose!({});
    await turn();
    expect(told).toEqual([]);
  });

  test("sends nothing when it opens behind its end", async () => {
    const { link, socket, told } = opened(FakeSocket);
    link.write("CONNECT");
    port.drop(link);
    socket.onopen!({});
    await turn();
    expect(socket.frames).toEqual([]);
    expect(told).toEqual([]);
  });
});
