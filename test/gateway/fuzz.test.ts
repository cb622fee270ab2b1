// SPDX-License-Identifier: MIT
// Any octets from any address: nothing throws, everything stays bounded, what a bystander has is not touched,
// and nothing of one client gets to another. Messages are arbitrary, or valid ones with octets changed.

import * as fc from "fast-check";
import { expect, test } from "vitest";
import { snapshotOf } from "../../gateway/src/snapshot.js";
import { octetsOf } from "../sn/words.js";
import { gatewayDial } from "./fake.js";

const RUNS = Number(process.env["GATEWAY_FUZZ_RUNS"] ?? 150);
const SECRET = "only-for-the-bystander";
const LIMITS = { clients: 6, clientsPerAddress: 3, topics: 4, subscriptions: 3, inFlight: 3 };
const QUEUE = { messages: 5, octets: 2000, totalOctets: 4000 };

const id = fc.nat({ max: 12 });
const name = fc.constantFrom("a/b", "a", "ab", "a/#", "+", "n/1", "n/2", "n/3", "n/4", "n/5", "");
const topic = fc.oneof(
  id.map((one) => `#${one}`),
  id.map((one) => `=${one}`),
  fc.constantFrom("'ab'", "'+#'"),
);
const client = fc.constantFrom("c1", "c2", "c3", "x".repeat(70), "bystander");
const qos = fc.constantFrom("q-1", "q0", "q1", "q2");
const code = fc.nat({ max: 4 });
const words = (...parts: (fc.Arbitrary<unknown> | string)[]) =>
  fc
    .tuple(...parts.map((part) => (typeof part === "string" ? fc.constant(part) : part)))
    .map((all) => all.filter((part) => part !== "").join(" "));

const CONNECT = words("CONNECT", fc.constantFrom("", "will", "clean", "will clean"), id, client);
// Anybody may say it is somebody: the bystander's name is for PINGREQ alone here.
const message = fc
  .oneof(
    { weight: 4, arbitrary: CONNECT.filter((one) => !one.endsWith("bystander")) },
    words("WILLTOPIC", qos, fc.constantFrom("w", "w/+", "")),
    words("WILLMSG", fc.string()),
    { weight: 2, arbitrary: words("REGISTER", id, id, name) },
    words("REGACK", id, id, code),
    { weight: 5, arbitrary: words("PUBLISH", id, qos, topic, fc.string()) },
    { weight: 2, arbitrary: words("PUBACK", id, id, code) },
    words(fc.constantFrom("PUBREC", "PUBREL", "PUBCOMP", "UNSUBACK"), id),
    { weight: 3, arbitrary: words("SUBSCRIBE", id, qos, fc.oneof(topic, name)) },
    words("UNSUBSCRIBE", id, fc.oneof(topic, name)),
    { weight: 3, arbitrary: words("PINGREQ", fc.oneof(client, fc.constant(""))) },
    { weight: 2, arbitrary: words("DISCONNECT", fc.oneof(id, fc.constant(""))) },
    words("WILLTOPICUPD", qos, fc.constantFrom("w", "w/+")),
    words("WILLMSGUPD", fc.string()),
    words(fc.constantFrom("SEARCHGW 0", "GWINFO 1 ", "ADVERTISE 1 9", "PINGRESP", "CONNACK 0")),
  )
  .map((one) => {
    try {
      return octetsOf(one);
    } catch {
      return one;
    }
  });
const binary = fc.uint8Array({ maxLength: 60 }).map((b) => Buffer.from(b).toString("latin1"));
const mutated = fc
  .tuple(message, fc.nat({ max: 20 }), fc.nat({ max: 255 }), fc.nat({ max: 2 }))
  .map(([octets, at, octet, kind]) => {
    const where = at % (octets.length + 1);
    const one = String.fromCharCode(octet);
    return (
      octets.slice(0, where) + (kind > 0 ? one : "") + octets.slice(where + (kind > 1 ? 0 : 1))
    );
  });
const wrapped = message.map((octets) => "\x05\xfe\0N1" + octets);
const octets = fc.oneof(
  { weight: 6, arbitrary: message },
  { weight: 2, arbitrary: mutated },
  wrapped,
  binary,
);
const step = fc.oneof(
  { weight: 12, arbitrary: fc.record({ from: fc.constantFrom("h1", "h2", "h3"), octets }) },
  { weight: 2, arbitrary: fc.record({ passes: fc.nat({ max: 30000 }) }) },
  fc.record({ server: fc.constantFrom("answers", "lazy", "eager", "fails", "back", "refuses") }),
  fc.record({ sends: name.filter((one) => /^[a-z/\d]+$/.test(one)), qos: fc.nat({ max: 2 }) }),
);
type Step = {
  from?: string;
  octets?: string;
  passes?: number;
  server?: string;
  sends?: string;
  qos?: number;
};

function run(steps: Step[]) {
  const dial = gatewayDial({ limits: LIMITS, queue: QUEUE, predefined: { "p/q": 7, a: 8 } });
  const { server, g, world } = dial;
  const far = dial.at("bystander");
  far.says("CONNECT 60000 bystander", "SUBSCRIBE 1 q1 secret", "DISCONNECT 60000");
  dial.sends("bystander", "secret", SECRET, 2);
  const before = JSON.stringify(snapshotOf(dial.session("bystander")));
  far.heard();
  for (const one of steps) {
    if (one.octets !== undefined) dial.octets(one.octets, one.from!, 5);
    if (one.passes !== undefined) dial.passes(one.passes);
    if (one.sends !== undefined) {
      for (const s of g.sessions.values()) {
        if (s.clientId !== "bystander") dial.sends(s.clientId, one.sends, one.sends, one.qos);
      }
    }
    if (one.server === "answers") server.answers();
    if (one.server === "refuses") server.refuses(1);
    if (one.server === "lazy" || one.server === "eager") server.isEager = one.server === "eager";
    if (one.server === "fails") server.fails();
    if (one.server === "back") server.isUp = true;
    check(dial);
  }
  expect(JSON.stringify(snapshotOf(dial.session("bystander")))).toBe(before);
  expect(far.heard()).toEqual([]);
  // What was sent to others is theirs.
  for (const host of ["h1", "h2", "h3"]) {
    expect(dial.at(host, 5).heard().join("\n")).not.toContain(SECRET);
  }
  // In the end nobody is left but who may be, and no timer that nobody owns.
  server.isEager = true;
  server.answers();
  dial.passes(3 * 86400000);
  expect([g.sessions.size, g.peers.size, g.perHost.size, g.queued, world.timers.length]).toEqual([
    0, 0, 0, 0, 0,
  ]);
}

function check({ g, world }: ReturnType<typeof gatewayDial>) {
  let queued = 0;
  for (const s of g.sessions.values()) {
    const size = s.queue.reduce((sum, m) => sum + m.topic.length + m.payload.length + 96, 0);
    expect(s.queued).toBe(size);
    queued += size;
    expect(s.queue.length).toBeLessThanOrEqual(QUEUE.messages);
    expect(s.subscriptions.size).toBeLessThanOrEqual(LIMITS.subscriptions);
    expect(s.topics.ids.size).toBeLessThanOrEqual(LIMITS.topics);
    expect(s.topics.names.size).toBe(s.topics.ids.size);
    expect(s.received.size).toBeLessThanOrEqual(32);
    expect(s.asked.size).toBeLessThanOrEqual(LIMITS.inFlight);
    expect(s.flight === undefined || s.queue.length > 0).toBe(true);
  }
  expect(g.queued).toBe(queued);
  expect(g.sessions.size).toBeLessThanOrEqual(LIMITS.clients);
  expect(g.peers.size).toBeLessThanOrEqual(LIMITS.clients);
  // Two a session: who supervises, and who sends again.
  expect(world.timers.length).toBeLessThanOrEqual(2 * LIMITS.clients);
}

test("any octets from several addresses: bounded, and a bystander untouched", () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 150, size: "max" }), (steps) => run(steps as Step[])),
    { numRuns: RUNS, ...(process.env["GATEWAY_FUZZ_SEED"] ? {} : { seed: 20261124 }) },
  );
});
