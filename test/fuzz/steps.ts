// SPDX-License-Identifier: MIT
// What may happen to a session, by chance: calls, what a server says, a network that breaks, time,
// and functions of the caller that misbehave.

import fc from "fast-check";
import { cuts, stream, validStream } from "./grammar.js";

const topic = fc.constantFrom("a", "a/b", "größe", "", "a/+", "\ud800", "t".repeat(60));
const filter = fc.constantFrom("#", "a/+", "a", "+/b", "a#", "", "größe/#");
const qos = fc.constantFrom(0, 1, 2, 3, -1);
const length = fc.constantFrom(0, 1, 20, 90, 200, 1000);
const kind = <K extends string>(name: K) => fc.constant(name);

/** Mostly good, or a connection would never live. */
const said = fc.oneof(
  { weight: 4, arbitrary: validStream },
  {
    weight: 2,
    arbitrary: fc.tuple(validStream, fc.nat(60)).map(([all, end]) => all.slice(0, end)),
  },
  { weight: 1, arbitrary: stream },
);

/** What happens next. */
export const step = fc.oneof(
  { weight: 6, arbitrary: fc.tuple(kind("says"), said, cuts) },
  { weight: 4, arbitrary: fc.tuple(kind("answers"), fc.integer({ min: 1, max: 5 })) },
  {
    weight: 3,
    arbitrary: fc.tuple(
      kind("accepts"),
      fc.constantFrom("0", "0", "0", "0", "present", "1", "3", "5"),
    ),
  },
  { weight: 5, arbitrary: fc.tuple(kind("publish"), topic, qos, length) },
  { weight: 2, arbitrary: fc.tuple(kind("parts"), qos, length, fc.integer({ min: 1, max: 50 })) },
  { weight: 2, arbitrary: fc.tuple(kind("subscribe"), filter, qos) },
  { weight: 1, arbitrary: fc.tuple(kind("unsubscribe"), filter) },
  { weight: 3, arbitrary: fc.tuple(kind("passes"), fc.constantFrom(1, 1000, 7000, 30000, 130000)) },
  { weight: 2, arbitrary: fc.tuple(kind("drained")) },
  { weight: 2, arbitrary: fc.tuple(kind("closes")) },
  fc.tuple(kind("refuses"), fc.boolean()),
  fc.tuple(kind("throws"), fc.boolean()),
  fc.tuple(
    kind("handler"),
    fc.constantFrom("publishes", "throws", "subscribes", "ends", "nothing"),
  ),
  fc.tuple(kind("source"), fc.constantFrom("publishes", "throws", "ends", "nothing")),
);

/** The client's options: everything narrow. */
export const options = fc.constantFrom(
  { outbox: 300, inFlight: 4, inbox: 60, linkWindow: 120, subscriptions: 3 },
  { outbox: 200, inFlight: 2, inbox: 300, linkWindow: 1000, subscriptions: 2, eager: true },
  { outbox: 300, inFlight: 5, inbox: 20, linkWindow: 60, subscriptions: 3, cleanSession: false },
  { outbox: 90, inFlight: 3, inbox: 100, linkWindow: 90, keepAlive: 0, cleanSession: false },
);

type Value<T> = T extends fc.Arbitrary<infer V> ? V : never;
export type Step = Value<typeof step>;
export type Options = Value<typeof options>;
