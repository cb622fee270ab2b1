// SPDX-License-Identifier: MIT
// Topic names and filters (MQTT 3.1.1 section 4.7): the standard's own examples, and a matcher so
// simple that it can be seen to be right.

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { encodeTopicName, isTopicFilter, matchesTopic } from "../../src/wire/topic.js";

const isName = (name: string) => encodeTopicName(name) !== "";
const isFilter = (filter: string) => isTopicFilter(filter);
const matches = (filter: string, name: string) => matchesTopic(filter.split("/"), name.split("/"));

/** The reference: section 4.7 read aloud. */
function reference(filter: string[], name: string[]): boolean {
  const [first, ...rest] = filter;
  if (first === undefined) return name.length === 0;
  if (first === "#") return true;
  if (name.length === 0) return false;
  return (first === "+" || first === name[0]) && reference(rest, name.slice(1));
}

function referenceMatches(filter: string, name: string): boolean {
  if (name.startsWith("$") && /^[+#]/.test(filter)) return false;
  return reference(filter.split("/"), name.split("/"));
}

const level = fc.constantFrom("a", "b", "", "$x", "ab");
const names = fc
  .array(level, { minLength: 1, maxLength: 4 })
  .map((levels) => levels.join("/"))
  .filter((name) => name !== "");
const filters = fc
  .tuple(fc.array(fc.oneof(level, fc.constant("+")), { maxLength: 4 }), fc.boolean())
  .map(([levels, hash]) => [...levels, ...(hash ? ["#"] : [])].join("/"))
  .filter((filter) => filter !== "");

describe("matching", () => {
  // Sections 4.7.1.2, 4.7.1.3, 4.7.2 and 4.7.3.
  const yes: [string, string][] = [
    ["sport/tennis/player1/#", "sport/tennis/player1"],
    ["sport/tennis/player1/#", "sport/tennis/player1/ranking"],
    ["sport/tennis/player1/#", "sport/tennis/player1/score/wimbledon"],
    ["sport/#", "sport"],
    ["#", "a"],
    ["#", "/"],
    ["sport/tennis/+", "sport/tennis/player1"],
    ["sport/+", "sport/"],
    ["+/+", "/finance"],
    ["/+", "/finance"],
    ["+/tennis/#", "sport/tennis/x/y"],
    ["sport/+/player1", "sport/tennis/player1"],
    ["$SYS/#", "$SYS/monitor"],
    ["$SYS/monitor/+", "$SYS/monitor/Clients"],
  ];
  const no: [string, string][] = [
    ["sport/tennis/+", "sport/tennis/player1/ranking"],
    ["sport/+", "sport"],
    ["+", "/finance"],
    ["#", "$SYS/monitor"],
    ["+/monitor/Clients", "$SYS/monitor/Clients"],
    ["ACCOUNTS", "Accounts"],
    ["/finance", "finance"],
    ["sport/#", "sports"],
    ["a", "a/"],
  ];
  it.each(yes)("%s is for %s", (filter, name) => {
    expect(matches(filter, name)).toBe(true);
  });
  it.each(no)("%s is not for %s", (filter, name) => {
    expect(matches(filter, name)).toBe(false);
  });

  it("agrees with the reference, also where a name begins with $ [MQTT-4.7.2-1]", () => {
    fc.assert(
      fc.property(filters, names, (filter, name) => {
        expect(matches(filter, name)).toBe(referenceMatches(filter, name));
      }),
      { numRuns: 3000 },
    );
  });
});

describe("a topic filter", () => {
  const wrong = ["", "sport/tennis#", "sport/tennis/#/ranking", "sport+", "+a", "##", "#/", "a\0"];
  it.each(wrong)("is not %j", (filter) => {
    expect(isFilter(filter)).toBe(false);
  });
  it.each(["#", "+", "/", "+/tennis/#", "sport/+/player1", "/+", "+/+", "$SYS/#", "a b", "//"])(
    "is %j",
    (filter) => expect(isFilter(filter)).toBe(true),
  );
  it("is plain levels, + alone, # alone at the end [MQTT-4.7.1-2] [MQTT-4.7.1-3]", () => {
    const any = fc.array(fc.constantFrom("a", "+", "#", "/", "b"), { minLength: 1, maxLength: 7 });
    fc.assert(
      fc.property(any, (signs) => {
        const filter = signs.join("");
        const levels = filter.split("/");
        const valid = levels.every(
          (part, i) =>
            !/[+#]/.test(part) || part === "+" || (part === "#" && i === levels.length - 1),
        );
        expect(isFilter(filter)).toBe(valid);
      }),
      { numRuns: 1000 },
    );
  });
  it("has at most 65,535 octets [MQTT-4.7.3-3]", () => {
    expect(isFilter("x".repeat(65535))).toBe(true);
    expect(isFilter("x".repeat(65536))).toBe(false);
  });
});

describe("a topic name", () => {
  it("is some text [MQTT-4.7.3-1] without wildcard [MQTT-4.7.1-1] or U+0000 [MQTT-4.7.3-2]", () => {
    for (const name of ["", "a+", "#", "+/a", "a\0", "\0", "\xff", "\xc3", "a\xc3\xa4/#"]) {
      expect([name, isName(name)]).toEqual([name, false]);
    }
    for (const name of ["a", "/", " ", "$", "a/b/", "\xc3\xa4", "\x7f", "\x1f", "\xef\xbb\xbf"]) {
      expect([name, isName(name)]).toEqual([name, true]);
    }
  });
  it("is encoded behind its length, at most 65,535 octets [MQTT-4.7.3-3]", () => {
    expect(encodeTopicName("a/b")).toBe("\x00\x03a/b");
    expect(encodeTopicName("x".repeat(65535)).slice(0, 3)).toBe("\xff\xffx");
    expect(isName("x".repeat(65536))).toBe(false);
  });
});
