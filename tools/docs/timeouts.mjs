// SPDX-License-Identifier: MIT
// docs/timeouts.md: defaults from src/limits and from the boards' ports, and how late a wait is noticed,
// measured by letting each wait pass in a real client on a clock of ours.

import { readFileSync } from "node:fs";
import { clientOn } from "./clock.mjs";
import { exportsOf } from "./source.mjs";

const PROFILES = ["small", "large"];
const limits = (profile) => exportsOf(`src/limits/${profile}.ts`, profile).Limit;
const whole = (value) => value.toLocaleString("en-US");

/** A limit in both profiles: "20,000" or "20,000 / 30,000". */
function both(valueOf) {
  const [small, large] = PROFILES.map((profile) => valueOf(profile));
  return small === large ? small : `${small} / ${large}`;
}
const limit = (name) => both((profile) => whole(limits(profile)[name]));

/** A constant in a file of the source. */
function constant(path, name) {
  const match = new RegExp(`\\b${name} = (\\d+)`).exec(readFileSync(path, "utf8"));
  if (!match) throw new Error(`${path} has no ${name}`);
  return whole(Number(match[1]));
}

const CONNACK = [0x20, 2, 0, 0];
const NO_ANSWER = -33;
const PINGREQ = 0xc0;

function online(profile) {
  const s = clientOn(profile, {});
  s.passes(0);
  s.says(...CONNACK);
  return s;
}

/** Lets `begin` happen at many places between two ticks: the least and the most until `isOver`. */
function range(profile, begin, isOver) {
  const times = [];
  // Prime, so that places between ticks differ.
  for (let delay = 1; delay < 30000; delay += 997) {
    const s = online(profile);
    s.passes(delay);
    begin(s);
    const from = s.now();
    const before = s.sent.length;
    while (!isOver(s, before)) {
      if (s.now() - from > 1e6) throw new Error("a wait never ends");
      s.passes(1);
    }
    times.push(s.now() - from);
  }
  return span(Math.min(...times), Math.max(...times));
}

/** From and to in milliseconds as seconds; places between two milliseconds count as the next one. */
function span(least, most) {
  const seconds = (ms) => (Math.round(ms / 100) / 10).toLocaleString("en-US");
  return seconds(least) === seconds(most) ? seconds(most) : `${seconds(least)}–${seconds(most)}`;
}

const isClosed = (s) => s.closed.some(({ status }) => status === NO_ANSWER);
const pinged = (s, before) => s.sent.slice(before).some(({ first }) => first === PINGREQ);
const answer = (title, begin) => [title, (profile) => range(profile, begin, isClosed)];

/** Waits for an answer, each bounded by `answerMs`. */
const ANSWERS = [
  [
    "name, TCP, TLS and CONNACK: from asking for the link",
    (profile) => {
      const s = clientOn(profile, {});
      s.passes(0);
      while (!isClosed(s)) s.passes(1);
      return span(s.now(), s.now());
    },
  ],
  answer("PINGRESP", (s) => {
    while (!pinged(s, 0)) s.passes(1);
  }),
  answer("SUBACK", (s) => s.client.subscribe("a")),
  answer("UNSUBACK", (s) => {
    s.client.subscribe("a");
    s.says(0x90, 3, 128, 0, 0);
    s.client.unsubscribe("a");
  }),
  answer("PUBACK, PUBREC: of the oldest message that was sent", (s) =>
    s.client.publish("a", "x", 1),
  ),
  answer("PUBCOMP: of the oldest PUBREL", (s) => {
    const id = s.client.publish("a", "x", 2);
    s.says(0x50, 2, id >> 8, id & 255);
  }),
];

/** How late each missing answer is noticed, at the default `answerMs`. */
export function answersTable() {
  const rows = ANSWERS.map(([title, measure]) => `| ${title} | ${both(measure)} |`);
  return [
    `| awaited | noticed after, in seconds, where \`answerMs\` is ${limit("ANSWER_MS")} |`,
    "| --- | --- |",
    ...rows,
  ].join("\n");
}

/** Keep alive at its default. */
export function keepAliveTable() {
  // Something comes as well: silence has a wait of its own.
  const sending = (s) => {
    s.says(0xd0, 0);
    s.client.publish("a", "x");
  };
  const idle = both((profile) => range(profile, sending, pinged));
  const silent = both((profile) =>
    range(
      profile,
      (s) => s.says(0xd0, 0),
      (s, before) => {
        if (s.now() % 7000 < 1) s.client.publish("a", "x");
        return pinged(s, before);
      },
    ),
  );
  return [
    `| PINGREQ is sent, where \`keepAlive\` is ${limit("KEEP_ALIVE")} | in seconds |`,
    "| --- | --- |",
    `| after the last packet sent | ${idle} |`,
    `| after the last octet received, while something is sent every 7 s | ${silent} |`,
  ].join("\n");
}

/** The lean client's one timer. */
export function leanTable() {
  const silent = both((profile) => {
    const s = clientOn(profile, {}, true);
    s.passes(0);
    while (!isClosed(s)) s.passes(1);
    return span(s.now(), s.now());
  });
  const ping = both((profile) => {
    const s = clientOn(profile, {}, true);
    s.passes(0);
    s.says(...CONNACK);
    while (!pinged(s, 0)) s.passes(1);
    const from = s.now();
    while (!isClosed(s)) s.passes(1);
    return `${span(from, from)}, answer within ${span(s.now() - from, s.now() - from)}`;
  });
  return [
    `| the lean client, where \`keepAlive\` is ${limit("KEEP_ALIVE")} | in seconds |`,
    "| --- | --- |",
    `| name, TCP, TLS and CONNACK | ${silent} |`,
    `| PINGREQ after the connection was asked for, and again and again | ${ping} |`,
  ].join("\n");
}

/** Every time that has a number. */
export function timesTable() {
  const reconnect = `${limit("RECONNECT_MIN_MS")} and ${limit("RECONNECT_MAX_MS")}`;
  const node = "boards/host/port.ts";
  const nodemcu = "boards/nodemcu/port.ts";
  const rows = [
    ["`answerMs`", `${limit("ANSWER_MS")} ms`, "the caller", "the longest wait for any answer"],
    ["`keepAlive`", `${limit("KEEP_ALIVE")} s`, "the caller; 0 is off", "see below"],
    [
      "`reconnect.min`, `.max`",
      `${reconnect} ms`,
      "the caller",
      "bounds of the delay between two connections",
    ],
    ["`ms` of `drain`", "none", "the caller", "how long `drain` waits"],
    [
      "steady",
      `${limit("STEADY_MS")} ms`,
      "src/limits",
      "a connection that lived this long starts the backoff anew",
    ],
    [
      "linger, Node",
      `${constant(node, "LINGER_MS")} ms`,
      node,
      "how long the other side may take to close behind DISCONNECT",
    ],
    [
      "linger, WebSocket",
      `${constant("src/transport/websocket.ts", "LINGER_MS")} ms`,
      "src/transport/websocket.ts",
      "how long the closing handshake may take",
    ],
    [
      "again, NodeMCU",
      `${constant(nodemcu, "AGAIN_MS")} ms`,
      nodemcu,
      "a timer whose step ran out of memory is tried again",
    ],
  ];
  return [
    "| time | default | set by | what it bounds |",
    "| --- | --- | --- | --- |",
    ...rows.map((row) => `| ${row.join(" | ")} |`),
  ].join("\n");
}
