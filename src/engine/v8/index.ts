// SPDX-License-Identifier: MIT
// The contract of `engine/` for V8, in Node and in browsers: octets are binary strings, payloads
// are Uint8Arrays that are handed on by reference, text is UTF-16. Nothing here knows MQTT.

import { Status } from "../../status.js";
import { fromOctets, toOctets, octetsWrite } from "./octets.js";

export {
  faceOf,
  half,
  hasWildcard,
  isEmpty,
  isGiven,
  isMisplaced,
  isNothing,
  isSpecial,
  isWhole,
  joinRecords,
  lastSlash,
  levelsOf,
  listFind,
  listRemove,
  octetAt,
  orUsual,
  quotient,
  toNumber,
} from "../javascript.js";
export { crc16, escapeOctets, piecesOf, unescapeOctets } from "../serial.js";
export { isUtf8 } from "../utf8.js";

/** One character an octet, 0–255. */
export type Octets = string;
/** What is published and received; inside the core a string is octets. */
export type Payload = string | Uint8Array;
/** A packet's head and payload, ready for the link. */
export type Message = Octets | { head: Octets; payload: Payload; length: number };
/** A fixed row of whole numbers. */
export type Numbers = Uint32Array;
/** A function of a caller. */
export type Handler = (this: void, ...given: any[]) => any;
/**
 * Marks a record of which a client has exactly one.
 * @single
 */
export interface Single {}

/** A caller's handlers, by event. */
export interface Listeners extends Single {
  on: Record<string, Handler | undefined>;
}

/** A block of octets. */
export interface Block extends Single {
  octets: Uint8Array | undefined;
}

/** A network connection, as a port opened it. */
export interface Link {
  /** Hands octets to the link, with a payload behind them; may throw. */
  write: (octets: Octets, payload?: Payload) => void;
  /** Closes after what was handed over has left. */
  end: () => void;
}

/** The way to the link; `room` as in the Espruino engine. */
export interface Gate extends Single {
  link: Link | undefined;
  room: number;
  idle: number;
}

/** `room` of a gate with no link behind it. */
export const enum Room {
  SHUT = -2147483648,
}

const encoder = new TextEncoder();
// U+FEFF is a character like any other [MQTT-1.5.3-3].
const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
// The chunk last opened, as octets and as it came, so that a payload is a view and no copy.
let openText: Octets = "";
let openView: Uint8Array | undefined;

/** Whether the payload can be sent as it is: a Uint8Array, by reference. */
export function isReady(payload: Payload): boolean {
  return payload instanceof Uint8Array;
}

/** Text as UTF-8 octets; text that has no UTF-8 (a lone surrogate) as an ill-formed octet. */
export function utf8(text: string): Octets {
  if (typeof text !== "string") return "";
  if (/^[\0-\x7f]*$/.test(text)) return text;
  if (/\p{Surrogate}/u.test(text)) return "\xff";
  return toOctets(encoder.encode(text));
}

/** Text, or what it is as text, as UTF-8 octets. */
export function textOctets(value: unknown): Octets {
  return utf8("" + value);
}

/** Anything a caller hands over as a payload, or undefined: a Uint8Array, text, a number. */
export function toPayload(value: unknown): Payload | undefined {
  if (value instanceof Uint8Array) return value;
  if (typeof value === "number") return "" + value;
  if (typeof value !== "string") return undefined;
  return /^[\0-\x7f]*$/.test(value) ? value : encoder.encode(value);
}

/** The octets of what a caller publishes: a Uint8Array, or text. */
export function octetsOf(value: unknown): Octets {
  return value instanceof Uint8Array ? toOctets(value) : textOctets(value);
}

/** The payload's octets. */
export function payloadOctets(payload: Payload): Octets {
  return typeof payload === "string" ? payload : toOctets(payload);
}

/** A received chunk as octets; payloads cut from it will be views of `view`. */
export function chunkOpen(view: Uint8Array): Octets {
  openView = view;
  openText = toOctets(view);
  return openText;
}

/** The payload that lies in a chunk. */
export function payloadCut(chunk: Octets, at: number, end: number): Payload {
  return openView !== undefined && chunk === openText
    ? openView.subarray(at, end)
    : fromOctets(chunk.substring(at, end));
}

/** Octets as a payload. */
export function octetsPayload(octets: Octets): Payload {
  return fromOctets(octets);
}

/** The payload of no octets. */
export function payloadNone(): Payload {
  return new Uint8Array(0);
}

/** Octets or a payload as text. */
export function text(payload: Payload): string {
  return decoder.decode(typeof payload === "string" ? fromOctets(payload) : payload);
}

/** Head and payload as one message: the payload itself, not a copy. */
export function join(head: Octets, payload: Payload): Message {
  return { head, payload, length: head.length + payload.length };
}

/** A fixed row of `count` zeros. */
export function numbersOpen(count: number): Numbers {
  return new Uint32Array(count);
}

/** A block of `capacity` octets. */
export function blockOpen(capacity: number, _slots: number): Block {
  try {
    return { octets: new Uint8Array(capacity) };
  } catch {
    return { octets: undefined };
  }
}

/** Whether there is memory behind the block. */
export function isBlockOpen(block: Block): boolean {
  return block.octets !== undefined;
}

/** Copies a message into the block. */
export function blockPut(block: Block, _slot: number, at: number, message: Message): void {
  if (typeof message === "string") {
    octetsWrite(block.octets!, at, message);
    return;
  }
  octetsWrite(block.octets!, at, message.head);
  at = at + message.head.length;
  if (typeof message.payload === "string") octetsWrite(block.octets!, at, message.payload);
  else block.octets!.set(message.payload, at);
}

/** The octets of a part of the block. */
export function blockCut(block: Block, _slot: number, at: number, length: number): Octets {
  return toOctets(block.octets!.subarray(at, at + length));
}

/** Lets go of a message: the ring's arithmetic has done it. */
export function blockFree(_block: Block, _slot: number): void {}

/** The octet at `at`. */
export function blockFirst(block: Block, _slot: number, at: number): number {
  return block.octets![at]!;
}

/** Sets bit 3 (DUP) of the octet at `at`. */
export function blockFlip(block: Block, _slot: number, at: number): void {
  block.octets![at]! |= 8;
}

/** Closes a connection after what was handed over has left. */
export function linkEnd(link: Link): void {
  link.end();
}

/** Hands octets to the link; OFFLINE when the link threw, which shuts the gate. */
export function gateSend(gate: Gate, message: Message): Status {
  gate.room -= message.length;
  gate.idle = 0;
  try {
    if (typeof message === "string") gate.link!.write(message);
    else gate.link!.write(message.head, message.payload);
    return Status.OK;
  } catch {
    gate.room = Room.SHUT;
    return Status.OFFLINE;
  }
}

/** Octets as numbers with dots in between. */
export function dotted(octets: Octets): string {
  return Array.from(octets, (octet) => octet.charCodeAt(0)).join(".");
}

/** Hands octets to a link that has no window; OFFLINE when there is none, or it threw. */
export function linkSend(link: Link | undefined, octets: Octets): Status {
  try {
    link!.write(octets);
    return Status.OK;
  } catch {
    return Status.OFFLINE;
  }
}

/**
 * Calls a function, if there is one, and returns what it returns. What it throws goes to `error`,
 * or is printed where nobody listens, and no further; the result is then 1.
 */
export function call(
  listeners: Listeners,
  handler: Handler | undefined,
  a?: unknown,
  b?: unknown,
  c?: unknown,
): number {
  try {
    return handler === undefined ? 0 : handler(a, b, c);
  } catch (error) {
    if (handler === listeners.on.error) console.error(error);
    else call(listeners, listeners.on.error ?? console.error, error);
    return 1;
  }
}

/** `call` where nothing is returned. */
export function tell(
  listeners: Listeners,
  handler: Handler | undefined,
  a?: unknown,
  b?: unknown,
): void {
  call(listeners, handler, a, b);
}
