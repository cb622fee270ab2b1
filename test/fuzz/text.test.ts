// SPDX-License-Identifier: MIT
// Fuzzing of text: what a caller hands over as topic, filter or payload, and what a server sends as a
// topic name. Whatever it is, a call answers with a number, and what it accepts is what was meant.

import fc from "fast-check";
import { expect, it } from "vitest";
import { isUtf8 } from "../../src/engine/utf8.js";
import { Status } from "../../src/status.js";
import { encodeTopicName, isTopicFilter, matchesTopic } from "../../src/wire/topic.js";
import { dialOnline } from "../fake.js";
import { octetsOf } from "../words.js";
import { isName } from "./judge.js";
import { fuzz, timeout } from "./run.js";

const piece = fc.constantFrom(
  "a",
  "/",
  "+",
  "#",
  "$",
  "\0",
  "ä",
  "€",
  "😀",
  "\ud800",
  "\udc00",
  "\ufeff",
);
const text = fc.oneof(
  fc.array(piece, { maxLength: 8 }).map((pieces) => pieces.join("")),
  fc.string({ unit: "binary", maxLength: 8 }),
);
const octets = fc.oneof(
  text.map((one) => Buffer.from(one).toString("latin1")),
  fc.uint8Array({ maxLength: 8 }).map((bytes) => Buffer.from(bytes).toString("latin1")),
);
const anything = fc.oneof({ weight: 3, arbitrary: text }, fc.anything());

/** Section 4.7.1 read aloud, for octets. */
function isFilter(given: string): boolean {
  const levels = given.split("/");
  const plain = given.replace(/[+#]/g, "x");
  return (
    isName(plain) &&
    levels.every((level, i) => {
      if (!/[+#]/.test(level)) return true;
      return level === "+" || (level === "#" && i === levels.length - 1);
    })
  );
}

/** Section 4.7 as a regular expression. */
function isMatch(filter: string, name: string): boolean {
  if (name.startsWith("$") && /^[+#]/.test(filter)) return false;
  const levels = filter.split("/").map((level) => {
    if (level === "+") return "[^/]*";
    return level === "#" ? "\x01" : level.replace(/[^\w]/g, "\\$&");
  });
  const pattern = levels.join("/").replace("/\x01", "(/[^]*)?").replace("\x01", "[^]*");
  return new RegExp(`^${pattern}$`).test(name);
}

it(
  "topic names, filters and UTF-8 are what the standard says [MQTT-1.5.3-1] [MQTT-4.7.1-2]",
  () => {
    fuzz(
      "text",
      fc.property(octets, octets, anything, (one, other, call) => {
        expect(isUtf8(one)).toBe(one === "" || isName(`x${one.replace(/[+#]/g, "x")}`));
        expect(encodeTopicName(one) !== "").toBe(isName(one));
        expect(isTopicFilter(one)).toBe(isFilter(one));
        if (isFilter(one) && isName(other)) {
          expect(matchesTopic(one.split("/"), other.split("/"))).toBe(isMatch(one, other));
        }
        calls(call);
      }),
      250,
    );
  },
  timeout,
);

/** Any value in any place of a call: a number comes back, and the connection stays as good as it was. */
function calls(value: unknown): void {
  const dial = dialOnline();
  const { client } = dial;
  const given = value as never;
  const before = dial.link.octets.length;
  for (const result of [
    client.publish(given, "x", 0),
    client.publish("a", given, 1),
    client.subscribe(given, 0),
    client.unsubscribe(given),
  ]) {
    expect(Number.isInteger(result)).toBe(true);
    if (result < 0) expect(result).toBeGreaterThan(Status.ENDED);
  }
  // What went out is MQTT, and says what was given where it is text.
  const packets = dial.link.packets();
  const isText = typeof value === "string" && !/\p{Surrogate}/u.test(value);
  for (const packet of packets) {
    if (packet.cmd === "publish" && packet.topic !== "a") expect(packet.topic).toBe(value);
    if (packet.cmd === "publish" && packet.topic === "a" && packet.qos > 0 && isText) {
      expect((packet.payload as Buffer).toString()).toBe(value);
    }
  }
  if (packets.length < 1) expect(dial.link.octets.length).toBe(before);
  dial.serverSays(octetsOf("PUBLISH q0 still here"));
  expect(dial.heard()).toContain("message still q0 here");
}
