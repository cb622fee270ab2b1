// SPDX-License-Identifier: MIT
// What the engines of JavaScript share, on an interpreter and on V8: text, lists, truth. Functions
// marked @inline are put in place of their calls where the build flattens (tools/build).

/** Whether a flag or a number was given and is not 0. @inline */
export function isGiven(value: number | boolean | undefined): boolean {
  return value as boolean;
}

/** Whether it is no text, or that of no characters. @inline */
export function isNothing(text: string | undefined): boolean {
  return !text;
}

/** The octet at `at`, or no number where there is none. @inline */
export function octetAt(octets: string, at: number): number {
  return octets.charCodeAt(at);
}

/** Whether there are no octets. @inline */
export function isEmpty(octets: string): boolean {
  return !octets;
}

/** A quotient for `String.fromCharCode`, which takes the whole part of what it is given. @inline */
export function quotient(value: number, by: number): number {
  return value / by;
}

/** The whole part of a half. @inline */
export function half(value: number): number {
  return value >> 1;
}

/** Whether a value is a whole number, and not below `least`. @inline */
export function isWhole(value: unknown, least: number): boolean {
  return (value as number) % 1 === 0 && (value as number) >= least;
}

/** A record of all that two records hold; where both have a field, that of the second. @inline */
export function joinRecords(first: object, second: object | undefined): Record<string, unknown> {
  return Object.assign({} as Record<string, unknown>, first, second);
}

/** What callers hold. @inline */
export function faceOf<T>(client: T): T {
  return client;
}

/** Whether there is a wildcard in the text, or anything but printable ASCII. @inline */
export function isSpecial(topic: string): boolean {
  return /[^ -"$-*,-~]/.test(topic);
}

/** Whether there is a wildcard in the text. @inline */
export function hasWildcard(text: string): boolean {
  return /[+#]/.test(text);
}

/** Whether a wildcard does not fill its level, or a `#` is not the last of the text. @inline */
export function isMisplaced(filter: string): boolean {
  return /[^\/][+#]|[+#][^\/]|#./.test(filter);
}

/** The levels of a topic name or filter. @inline */
export function levelsOf(topic: string): string[] {
  return topic.split("/");
}

/** What was given, or the usual value where that is undefined or 0. @inline */
export function orUsual(given: number | undefined, usual: number): number {
  return given || usual;
}

/** Where a value stands in the list, or −1. @inline */
export function listFind(list: unknown[], value: unknown): number {
  return list.indexOf(value);
}

/** Takes entry `at` out of the list. @inline */
export function listRemove(list: unknown[], at: number): void {
  list.splice(at, 1);
}

/** The number that digits stand for. @inline */
export function toNumber(digits: string): number {
  return +digits;
}

/** Where the last slash stands, or −1. @inline */
export function lastSlash(text: string): number {
  return text.lastIndexOf("/");
}
