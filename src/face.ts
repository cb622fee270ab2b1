// SPDX-License-Identifier: MIT
// The client as TypeScript sees it in Node and browsers: the same functions as client.ts, with the
// handlers of each event spelled out and payloads as what they are there. And how both entries of
// the package make one: options explained, a client identifier where none was given.

import { type Client, clientOpen } from "./client.js";
import { explainOptions } from "./explain-options.js";
import { explain } from "./explain.js";
import type { Options } from "./options.js";
import type { MessagePacket } from "./session/session.js";
import type { Status } from "./status.js";
import { type Drive, driveExplain } from "./transport/drive.js";
import type { Port } from "../boards/hal.js";

/** Called for each message; long payloads in parts, see `MessagePacket`. */
export type OnMessage = (topic: string, payload: Uint8Array, packet: MessagePacket) => void;

/** What happens to a client, and what its handlers are given. */
export interface Events {
  connect: (sessionPresent: boolean) => void;
  /** A message that no subscription's own handler took. */
  message: OnMessage;
  /** The granted QoS, or a Status. */
  subscribed: (packetId: number, granted: number) => void;
  unsubscribed: (packetId: number) => void;
  /** A QoS 1 or 2 message is the server's now. */
  delivered: (packetId: number) => void;
  /** The server lost its session before PUBCOMP, or has no QoS 2: perhaps it came twice. */
  uncertain: (packetId: number) => void;
  /** Something was refused for want of room, and now there is room. */
  room: () => void;
  /** The connection is closed; 0 after `end`. */
  close: (status: Status) => void;
  /** A handler threw, or something a person has to know. */
  error: (reason: unknown) => void;
}

/** One MQTT client; `on` and `subscribe` know the types of their handlers. */
export interface TypedClient extends Omit<Client, "on" | "subscribe"> {
  /** Returns the packet identifier that `subscribed` will name, or a Status. */
  subscribe(topicFilter: string, qos?: number, onMessage?: OnMessage): number;
  /** Sets the handler of an event; the last one set counts. */
  on<E extends keyof Events>(event: E, handler: Events[E]): TypedClient;
}

/** A client, or a TypeError that says which option makes no sense. */
export function clientOrThrow(
  rules: Parameters<typeof explainOptions>[0],
  given: object,
  options: Options,
  port: Port,
): TypedClient {
  const wrong = explainOptions(rules, given);
  if (wrong !== undefined) throw new TypeError(wrong);
  // A server may refuse a client without a name, so one that is gone with the program gets one.
  const client = clientOpen(
    { ...options, clientId: options.clientId ?? anyClientId() },
    explaining(port),
  );
  if (typeof client === "number") throw new TypeError(explain(client));
  return client as TypedClient;
}

/** "ringlet-" and eight hexadecimal digits: within the 23 characters every server takes. */
function anyClientId(): string {
  const [number] = crypto.getRandomValues(new Uint32Array(1));
  return `ringlet-${number!.toString(16).padStart(8, "0")}`;
}

/** The port, with its reasons told as `error`: each once, and again when another came in between. */
function explaining(port: Port): Port {
  let last = "";
  const failed = (drive: Drive, reason: Error): void => {
    const isNews = reason.message !== last;
    last = reason.message;
    if (isNews && drive.session.listeners.on.error === undefined) console.error(reason.message);
    else if (isNews) driveExplain(drive, reason);
  };
  return {
    ...port,
    open: (drive, events, address) => port.open(drive, { ...events, failed }, address),
  };
}
