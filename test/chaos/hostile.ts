// SPDX-License-Identifier: MIT
// What a correct server never says: doubled, unasked, malformed, out of order. All of it follows from
// three numbers.

import { ack, connack, frame, pingresp, publish, suback, Type } from "./codec.js";
import { TOPICS } from "./script.js";

const char = String.fromCharCode;

/** An identifier that is likely to mean something, or any. */
function identifier(a: number): number {
  const near = a % 8;
  return near < 5 ? 1 + (a % 20) : near < 7 ? 32768 + (a % 6) : a;
}

const TOPIC_NAMES = [
  ...TOPICS.map((topic) => Buffer.from(topic, "utf8").toString("latin1")),
  ...["a/+", "#", "", "x\0y", "\xff\xfe", "\xed\xa0\x80", "long/".repeat(60)],
];

/** Octets of a kind; undefined: what waits is turned round. @param history what was said before */
export function evilOctets(
  kind: number,
  a: number,
  b: number,
  history: string[],
): string | undefined {
  const id = identifier(a);
  const type = 4 + (b % 4);
  switch (kind) {
    case 0:
    case 1:
      return ack(type, id);
    case 2:
      return suback(id, [0, 1, 2, 128, 3][b % 5]!);
    case 3:
      return ack(Type.UNSUBACK, id);
    case 4:
    case 5:
      return history.length > 0 ? history[a % history.length]! : pingresp();
    case 6:
    case 7: {
      const topic = TOPIC_NAMES[b % TOPIC_NAMES.length]!;
      return publish(topic, `evil${"!".repeat(a % 90)}`, b % 3, id, a % 2 > 0, b % 2 > 0);
    }
    case 8:
      return frame(a % 256, char(0, b % 256, a % 7).slice(0, b % 4));
    case 9:
      return connack(b % 2 > 0, a % 7);
    case 10:
      return char(a % 256, b % 256, a >> 8, b >> 8);
    case 11:
      // Remaining Length of five octets, or of more than there will ever be.
      return char(a % 256, 255, 255, 255, b % 256);
    case 12:
      return ack(type, id).slice(0, 1 + (a % 3));
    case 13:
      return ack(type, id) + ack(type, id) + ack(4 + (a % 4), id);
    case 14:
      // Reserved flags, identifier 0, QoS 3.
      return [
        frame(64 + (a % 16), char(0, 1)),
        ack(type, 0),
        publish("a", "x", 3, 1, false, false),
      ][b % 3]!;
    case 15:
      // More answers than the link has room for.
      return ack(Type.PUBREL, id).repeat(100 + (b % 200));
    case 16: {
      const several = Array.from({ length: 8 + (b % 20) }, (_, i) =>
        publish("a", `many${i}`, 2, 1 + ((id + i) % 65535), false, false),
      );
      return several.join("");
    }
    default:
      return undefined;
  }
}
