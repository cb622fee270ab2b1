// SPDX-License-Identifier: MIT
// The contract of `engine/` for Espruino: octets and payloads are strings of one character an octet,
// the ring's block is one flat string that is also seen as Uint8Array. Nothing here knows MQTT.
// Functions marked @inline are put in place of their calls by the build: a call costs 4 to 6 µs there.

import { Status } from "../../status.js";

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
/** What is published and received. */
export type Payload = string;
/** A packet's head and payload, ready for the link. */
export type Message = string;
/** A fixed row of whole numbers, 0–65535. */
export type Numbers = Uint16Array;
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

/**
 * A block of octets, writable through `octets`, readable through `text`: the same memory.
 * @single
 */
export interface Block extends Single {
  octets: Uint8Array;
  text: string;
}

/** A network connection, as a port opened it; Espruino's sockets are one as they are. */
export interface Link {
  /** Hands octets to the link; may throw. */
  write: (octets: Octets) => void;
  /** Closes after what was handed over has left. */
  end: () => void;
}

/**
 * The way to the link. `room` is what the link's window leaves, and below zero what was taken from
 * the reserve; it is `SHUT` where nothing may be written.
 * @single
 */
export interface Gate extends Single {
  link: Link | undefined;
  room: number;
  /** Milliseconds without sending, as far as time was told. */
  idle: number;
}

/** `room` of a gate with no link behind it. */
export const enum Room {
  SHUT = -100000,
}

/**
 * What the firmware was built with: `wide` where strings may hold Unicode.
 * @single
 */
interface Build {
  wide: boolean;
}

// The octets of this literal stay two on 8-bit builds and become one character on the others.
const build: Build = { wide: /* @__PURE__ */ E.isUTF8("°") };

/** Whether the payload can be joined as it is: it is octets already. @inline */
export function isReady(payload: Payload): boolean {
  return typeof payload === "string" && !(build.wide && E.isUTF8(payload));
}

/** Anything a caller hands over as octets, or undefined: text, a number, an array of octets. */
export function toPayload(value: unknown): Payload | undefined {
  if (typeof value === "number") value = "" + value;
  return typeof value === "string"
    ? utf8(value)
    : value && (value as Uint8Array).length >= 0
      ? E.toString(value)
      : undefined;
}

/** Text as UTF-8 octets; octets stay as they are, and what is no text is "". */
export function utf8(text: string): Octets {
  return typeof text !== "string" ? "" : E.isUTF8(text) ? E.fromUTF8(text) : text;
}

/** Text, or what it is as text, as UTF-8 octets; octets stay as they are. */
export function textOctets(value: unknown): Octets {
  return E.isUTF8(value as string) ? E.fromUTF8(value as string) : "" + value;
}

/** The octets of what a caller publishes: text, or octets as they are. @inline */
export function octetsOf(value: unknown): Octets {
  return textOctets(value);
}

/** The payload's octets. @inline */
export function payloadOctets(payload: Payload): Octets {
  return payload;
}

/** The payload that lies in a chunk. @inline */
export function payloadCut(chunk: Octets, at: number, end: number): Payload {
  return chunk.slice(at, end);
}

/** Octets as a payload. @inline */
export function octetsPayload(octets: Octets): Payload {
  return octets;
}

/** The payload of no octets. @inline */
export function payloadNone(): Payload {
  return "";
}

/** UTF-8 octets as the text this engine has: on 8-bit builds the octets themselves. */
export function text(octets: Octets): string {
  return build.wide ? E.asUTF8(octets) : octets;
}

/** Head and payload as one message. @inline */
export function join(head: Octets, payload: Payload): Message {
  return head + payload;
}

/** A fixed row of `count` zeros. @inline */
export function numbersOpen(count: number): Numbers {
  return new Uint16Array(count);
}

/** A block of `capacity` octets: one flat string, where the firmware has such memory left. */
export function blockOpen(capacity: number, _slots: number): Block {
  const octets = new Uint8Array(capacity);
  return { octets: octets, text: E.toString(octets) as string };
}

/** Whether block and text are the same memory: a probe octet written to one shows in the other. */
export function isBlockOpen(block: Block): boolean {
  block.octets[0] = 65;
  // Slots hold 16 bits.
  return block.octets.length < 65536 && !!block.text && block.text.charCodeAt(0) === 65;
}

/** Copies a message into the block. @inline */
export function blockPut(block: Block, _slot: number, at: number, message: Message): void {
  block.octets.set(message as unknown as ArrayLike<number>, at);
}

/** The octets of a part of the block. @inline */
export function blockCut(block: Block, _slot: number, at: number, length: number): Octets {
  return block.text.slice(at, at + length);
}

/** Lets go of a message: the ring's arithmetic has done it. @inline */
export function blockFree(_block: Block, _slot: number): undefined {
  return undefined;
}

/** The octet at `at`. @inline */
export function blockFirst(block: Block, _slot: number, at: number): number {
  return block.octets[at]!;
}

/** Sets bit 3 (DUP) of the octet at `at`. @inline */
export function blockFlip(block: Block, _slot: number, at: number): void {
  block.octets[at]! |= 8;
}

/** Closes a connection after what was handed over has left. @inline */
export function linkEnd(link: Link): void {
  link.end();
}

/** Hands octets to the link; OFFLINE when the link threw, which shuts the gate. */
export function gateSend(gate: Gate, message: Message): Status {
  gate.room -= message.length;
  gate.idle = 0;
  try {
    gate.link!.write(message);
    return Status.OK;
  } catch (error) {
    gate.room = Room.SHUT;
    return Status.OFFLINE;
  }
}

/** Octets as numbers with dots in between. @inline */
export function dotted(octets: Octets): string {
  return E.toUint8Array(octets).join(".");
}

/** Hands octets to a link that has no window; OFFLINE when there is none, or it threw. */
export function linkSend(link: Link | undefined, octets: Octets): Status {
  let status = Status.OFFLINE;
  try {
    link!.write(octets);
    status = Status.OK;
  } catch (error) {
    // It is closed, or there is no network.
  }
  return status;
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
    return handler && handler(a, b, c);
  } catch (error) {
    call(listeners, (handler !== listeners.on.error && listeners.on.error) || print, error);
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
  try {
    if (handler) handler(a, b);
  } catch (error) {
    tell(listeners, (handler !== listeners.on.error && listeners.on.error) || print, error);
  }
}
