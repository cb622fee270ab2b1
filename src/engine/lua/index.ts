// SPDX-License-Identifier: MIT
// The contract of `engine/` for Lua: octets, payloads and text are Lua's strings, which hold octets.
// What was accepted is kept as strings, by where they would lie in a ring of octets, so that the
// number of octets is bounded as everywhere. Nothing here knows MQTT.

import { Status } from "../../status.js";

export { isUtf8 } from "../utf8.js";

/** One character an octet. */
export type Octets = string;
/** What is published and received. */
export type Payload = string;
/** A packet's head and payload, ready for the link. */
export type Message = string;
/** A function of a caller. */
export type Handler = (this: void, ...given: any[]) => any;
/** A fixed row of whole numbers, from 0 on. */
export type Numbers = Record<number, number>;
/**
 * Marks a record of which a client has exactly one.
 * @single
 */
export interface Single {}

/** A caller's handlers, by event. */
export interface Listeners extends Single {
  on: Record<string, Handler | undefined>;
}

/** Packets by slot, 0 where there is none, and the first octet of each as it is now. */
export interface Block extends Single {
  packets: Record<number, Octets | 0>;
  firsts: Numbers;
}

/** A network connection, as a port opened it. */
export interface Link {
  /** Hands octets to the link; may throw. */
  write: (this: void, link: Link, octets: Octets) => void;
  /** Closes after what was handed over has left. */
  finish: (this: void, link: Link) => void;
}

/** The way to the link; `room` and `idle` as in the Espruino engine. */
export interface Gate extends Single {
  link: Link | undefined;
  room: number;
  idle: number;
}

/** `room` of a gate with no link behind it. */
export const enum Room {
  SHUT = -100000,
}

/** Whether a flag or a number was given and is not 0. */
export function isGiven(value: number | boolean | undefined): boolean {
  return (value && value !== 0) as boolean;
}

/** Whether it is no text, or that of no characters. */
export function isNothing(text: string | undefined): boolean {
  return text === undefined || text === "";
}

/** The octet at `at`, or below 0 where there is none. */
export function octetAt(octets: Octets, at: number): number {
  return octets.charCodeAt(at) || -1;
}

/** Whether there are no octets. */
export function isEmpty(octets: Octets): boolean {
  return octets === "";
}

/** A quotient for `String.fromCharCode`: whole, because Lua 5.3 takes no other. */
export function quotient(value: number, by: number): number {
  return (value - (value % by)) / by;
}

/** The whole part of a half, as a whole number also in Lua 5.3. */
export function half(value: number): number {
  return math.floor(value / 2);
}

/** Whether a value is a whole number, and not below `least`. */
export function isWhole(value: unknown, least: number): boolean {
  return typeof value === "number" && value % 1 === 0 && value >= least;
}

/** A record of all that two records hold; where both have a field, that of the second. */
export function joinRecords(first: object, second: object | undefined): Record<string, unknown> {
  const all: Record<string, unknown> = {};
  for (const given of [first, second as object]) {
    for (const name in given) all[name] = (given as typeof all)[name];
  }
  return all;
}

/** Whether a pattern is found: a place is true. */
function isFound(text: string, pattern: string): boolean {
  return string.find(text, pattern) as unknown as boolean;
}

/** Whether there is a wildcard in the text, or anything but printable ASCII. */
export function isSpecial(topic: string): boolean {
  return isFound(topic, '[^ -"$-*,-~]');
}

/** Whether there is a wildcard in the text. */
export function hasWildcard(text: string): boolean {
  return isFound(text, "[+#]");
}

/** Whether a wildcard does not fill its level, or a `#` is not the last of the text. */
export function isMisplaced(filter: string): boolean {
  return isFound(filter, "[^/][+#]") || isFound(filter, "[+#][^/]") || isFound(filter, "#.");
}

/** The levels of a topic name or filter. */
export function levelsOf(topic: string): string[] {
  const levels: string[] = [];
  for (const level of string.gmatch(topic + "/", "([^/]*)/")) levels.push(level);
  return levels;
}

/** Where a value stands in the list, or −1. */
export function listFind(list: unknown[], value: unknown): number {
  for (const at of $range(1, list.length)) if (list[at - 1] === value) return at - 1;
  return -1;
}

/** Takes entry `at` out of the list. */
export function listRemove(list: unknown[], at: number): void {
  return table.remove(list, at + 1);
}

/** The number that digits stand for; 0 for what are none. */
export function toNumber(digits: string): number {
  return tonumber(digits) || 0;
}

/** Where the last slash stands, or −1. */
export function lastSlash(text: string): number {
  return (string.find(text, "/[^/]*$") || 0) - 1;
}

/** What was given, or the usual value where that is undefined or 0. */
export function orUsual(given: number | undefined, usual: number): number {
  return given && given !== 0 ? given : usual;
}

/** CRC-16 as in serial.ts, bit by bit and without bit operators, which not every Lua has. */
export function crc16(octets: Octets): number {
  let crc = 65535;
  for (let at = 0; at < octets.length; at++) {
    let octet = octets.charCodeAt(at);
    for (let bit = 0; bit < 8; bit++) {
      const isOdd = crc % 2 !== octet % 2;
      crc = quotient(crc, 2);
      octet = quotient(octet, 2);
      // Bits 15, 13 and 0 change; bit 15 is clear.
      if (isOdd) {
        crc += (crc % 16384 < 8192 ? 40960 : 24576) + (crc % 2 < 1 ? 1 : -1);
      }
    }
  }
  return crc;
}

/** The last octet behind escapes, or one that gets its escape: what differs is bit 5. */
function turned(octets: Octets): Octets {
  const octet = octets.charCodeAt(octets.length - 1);
  return String.fromCharCode(octet % 64 < 32 ? octet + 32 : octet - 32);
}

function withEscape(octet: Octets): Octets {
  return "}" + turned(octet);
}

/** With `}` in front of Ctrl-C, XON, XOFF, `}` and `~`, and those changed. */
export function escapeOctets(octets: Octets): Octets {
  const [escaped] = string.gsub(octets, "[" + String.fromCharCode(3, 17, 19) + "}~]", withEscape);
  return escaped;
}

/** The octets again, without any Ctrl-C, XON or XOFF that came between. */
export function unescapeOctets(octets: Octets): Octets {
  const [clean] = string.gsub(octets, "[" + String.fromCharCode(3, 17, 19) + "]", "");
  const [whole] = string.gsub(clean, "}+.", turned);
  return whole;
}

/** What stands between flags; the last piece is still open. */
export function piecesOf(octets: Octets): Octets[] {
  const pieces: Octets[] = [];
  for (const piece of string.gmatch(octets + "~", "([^~]*)~")) pieces.push(piece);
  return pieces;
}

/** Whether the payload can be joined as it is. */
export function isReady(payload: Payload): boolean {
  return typeof payload === "string";
}

/** Anything a caller hands over as octets, or undefined: text or a number. */
export function toPayload(value: unknown): Payload | undefined {
  return typeof value === "string" || typeof value === "number" ? tostring(value) : undefined;
}

/** Text as UTF-8 octets, which it is; what is no text is "". */
export function utf8(text: string): Octets {
  return typeof text === "string" ? text : "";
}

/** Text, or what it is as text. */
export function textOctets(value: unknown): Octets {
  return tostring(value);
}

/** The octets of what a caller publishes: text, or what it is as text. */
export function octetsOf(value: unknown): Octets {
  return tostring(value);
}

/** The payload's octets. */
export function payloadOctets(payload: Payload): Octets {
  return payload;
}

/** The payload that lies in a chunk. */
export function payloadCut(chunk: Octets, at: number, end: number): Payload {
  return chunk.slice(at, end);
}

/** Octets as a payload. */
export function octetsPayload(octets: Octets): Payload {
  return octets;
}

/** The payload of no octets. */
export function payloadNone(): Payload {
  return "";
}

/** UTF-8 octets as text, which they are. */
export function text(octets: Octets): string {
  return octets;
}

/** Head and payload as one message. */
export function join(head: Octets, payload: Payload): Message {
  return head + payload;
}

/** What callers hold: with `close`, another name for `end`, which is a word of Lua. */
export function faceOf<T extends { end(): void }>(client: T): T {
  (client as T & { close(): void }).close = client.end;
  return client;
}

/** A fixed row of `count` zeros. */
export function numbersOpen(count: number): Numbers {
  const numbers: Numbers = {};
  for (let at = 0; at < count; at++) numbers[at] = 0;
  return numbers;
}

/** A block for packets in so many slots: no octets are taken before something is kept. */
export function blockOpen(_capacity: number, slots: number): Block {
  return { packets: numbersOpen(slots) as Block["packets"], firsts: numbersOpen(slots) };
}

/** Whether there is memory behind the block. */
export function isBlockOpen(_block: Block): boolean {
  return true;
}

/** Keeps a message. */
export function blockPut(block: Block, slot: number, _at: number, message: Message): void {
  block.packets[slot] = message;
  block.firsts[slot] = message.charCodeAt(0);
}

/** Lets go of a message. */
export function blockFree(block: Block, slot: number): void {
  block.packets[slot] = 0;
}

/** The first octet of the message in a slot. */
export function blockFirst(block: Block, slot: number, _at: number): number {
  return block.firsts[slot]!;
}

/** The message in a slot, whole. */
export function blockCut(block: Block, slot: number, _at: number, _length: number): Octets {
  return String.fromCharCode(block.firsts[slot]!) + (block.packets[slot] as Octets).slice(1);
}

/** Sets bit 3 (DUP) of the first octet of the message in a slot. */
export function blockFlip(block: Block, slot: number, _at: number): void {
  const first = block.firsts[slot]!;
  if (first % 16 < 8) block.firsts[slot] = first + 8;
}

/** Closes a connection after what was handed over has left. */
export function linkEnd(link: Link): void {
  link.finish(link);
}

/** Octets as numbers with dots in between. */
export function dotted(octets: Octets): string {
  let text = "";
  for (let at = 0; at < octets.length; at++) text += (at > 0 ? "." : "") + octets.charCodeAt(at);
  return text;
}

/** Hands octets to a link that has no window; OFFLINE when there is none, or it threw. */
export function linkSend(link: Link | undefined, octets: Octets): Status {
  let isSent = false;
  if (link) [isSent] = pcall(link.write, link, octets);
  return isSent ? Status.OK : Status.OFFLINE;
}

/** Hands octets to the link; OFFLINE when the link threw, which shuts the gate. */
export function gateSend(gate: Gate, message: Message): Status {
  const link = gate.link;
  gate.room -= message.length;
  gate.idle = 0;
  if (link) {
    const [isSent] = pcall(link.write, link, message);
    if (isSent) return Status.OK;
  }
  gate.room = Room.SHUT;
  return Status.OFFLINE;
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
  if (handler) {
    const [isDone, result] = pcall(handler, a, b, c);
    if (isDone) return result;
    if (handler === listeners.on["error"]) print(result);
    else call(listeners, listeners.on["error"] || print, result);
    return 1;
  }
  return 0;
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
