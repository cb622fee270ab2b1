// SPDX-License-Identifier: MIT
// What a session does, as data: for each event in each state where it goes, what it sends and what it
// tells. No code uses the table, so no bundle holds it: test/session/transitions.test.ts drives a real
// session through every pair and fails where the two differ; docs/session.md is made from it.
//
// Theory of operation. A session outlives network connections. Its phase is one of four:
//
//   OFFLINE ──link asked for──▶ CONNECTING ──CONNACK 0──▶ ONLINE
//      ▲                            │ refused, silent,       │ closed, malformed,
//      └────────────────────────────┴─ malformed ◀───────────┘ no answer
//   any phase ──end──▶ ENDED
//
// In CONNECTING the server may send CONNACK and nothing else [MQTT-3.2.0-1]; in ONLINE everything
// but CONNACK. Whatever has to be sent is state first (outbox, subscription entries, `acks`) and
// octets later, when the gate has room; so a lost connection loses octets and never state.
//
// ENDED has two parts: while the link still carries DISCONNECT it is called ENDING here. The code has
// no number for it: nothing is done in it but to wait for the link to close.
//
// A subscription is at one of four stages: to be asked, asked, known to the server, perhaps known. What was
// asked on a connection that is lost has to be asked again; so has what is known, when the server has a new
// session, or may have had one: a connection whose CONNACK did not come may have begun it.

import type { Phase } from "./session.js";

/** A phase, and ENDING where a link is still there in ENDED. */
export type State = keyof typeof Phase | "ENDING";

/**
 * Where it goes, and what it does on the way, in order: control packets that it sends, events that it
 * tells, what a call returns. `null` where it cannot happen: no timer for it is running.
 */
export type Outcome = readonly [to: State, ...does: string[]] | null;

/** Octets and events of a link come in OFFLINE and ENDED from one that was let go of: too late. */
const LATE: Record<"OFFLINE" | "ENDING" | "ENDED", Outcome> = {
  OFFLINE: ["OFFLINE"],
  ENDING: ["ENDING"],
  ENDED: ["ENDED"],
};

/** Every event in every state. */
export const TRANSITIONS: Record<string, Record<State, Outcome>> = {
  "the delay is over": {
    OFFLINE: ["CONNECTING", "CONNECT"],
    CONNECTING: null,
    ONLINE: null,
    ENDING: null,
    ENDED: null,
  },
  "the delay is over, and there is no network": {
    OFFLINE: ["OFFLINE", "close UNREACHABLE"],
    CONNECTING: null,
    ONLINE: null,
    ENDING: null,
    ENDED: null,
  },
  "CONNACK 0": {
    ...LATE,
    CONNECTING: ["ONLINE", "connect"],
    ONLINE: ["OFFLINE", "close MALFORMED"],
  },
  "CONNACK 1 to 5": {
    ...LATE,
    CONNECTING: ["OFFLINE", "close REFUSED_…"],
    ONLINE: ["OFFLINE", "close UNEXPECTED"],
  },
  "PUBLISH at QoS 1": {
    ...LATE,
    CONNECTING: ["OFFLINE", "close UNEXPECTED"],
    ONLINE: ["ONLINE", "message", "PUBACK"],
  },
  "octets that are no packet": {
    ...LATE,
    CONNECTING: ["OFFLINE", "close MALFORMED"],
    ONLINE: ["OFFLINE", "close MALFORMED"],
  },
  "the link has taken everything, and a message waits": {
    ...LATE,
    CONNECTING: ["CONNECTING"],
    ONLINE: ["ONLINE", "PUBLISH"],
  },
  "the link is closed": {
    OFFLINE: ["OFFLINE"],
    CONNECTING: ["OFFLINE", "close UNREACHABLE"],
    ONLINE: ["OFFLINE", "close CLOSED"],
    ENDING: ["ENDED", "close OK"],
    ENDED: ["ENDED"],
  },
  "a write threw, and a tick": {
    OFFLINE: null,
    CONNECTING: ["CONNECTING"],
    ONLINE: ["OFFLINE", "close LINK_FAILED"],
    ENDING: null,
    ENDED: null,
  },
  "no answer within answerMs": {
    OFFLINE: null,
    CONNECTING: ["OFFLINE", "close NO_ANSWER"],
    ONLINE: ["OFFLINE", "close NO_ANSWER"],
    ENDING: null,
    ENDED: null,
  },
  "three quarters of keepAlive": {
    OFFLINE: null,
    CONNECTING: ["CONNECTING", "PINGREQ"],
    ONLINE: ["ONLINE", "PINGREQ"],
    ENDING: null,
    ENDED: null,
  },
  "publish at QoS 0": {
    OFFLINE: ["OFFLINE", "returns OFFLINE"],
    CONNECTING: ["CONNECTING", "returns OFFLINE"],
    ONLINE: ["ONLINE", "PUBLISH", "returns OK"],
    ENDING: ["ENDING", "returns ENDED"],
    ENDED: ["ENDED", "returns ENDED"],
  },
  "publish at QoS 1": {
    OFFLINE: ["OFFLINE", "returns an identifier"],
    CONNECTING: ["CONNECTING", "returns an identifier"],
    ONLINE: ["ONLINE", "PUBLISH", "returns an identifier"],
    ENDING: ["ENDING", "returns ENDED"],
    ENDED: ["ENDED", "returns ENDED"],
  },
  subscribe: {
    OFFLINE: ["OFFLINE", "returns an identifier"],
    CONNECTING: ["CONNECTING", "returns an identifier"],
    ONLINE: ["ONLINE", "SUBSCRIBE", "returns an identifier"],
    ENDING: ["ENDING", "returns ENDED"],
    ENDED: ["ENDED", "returns ENDED"],
  },
  "drain, with nothing left": {
    OFFLINE: ["OFFLINE"],
    CONNECTING: ["CONNECTING"],
    ONLINE: ["ENDING", "DISCONNECT"],
    ENDING: ["ENDING"],
    ENDED: ["ENDED", "done OK"],
  },
  "the time of drain is over": {
    OFFLINE: ["ENDED", "close OK", "done NO_ANSWER"],
    CONNECTING: ["ENDED", "close OK", "done NO_ANSWER"],
    ONLINE: ["ENDED", "DISCONNECT", "close OK", "done NO_ANSWER"],
    ENDING: ["ENDED", "close OK", "done NO_ANSWER"],
    ENDED: null,
  },
  end: {
    OFFLINE: ["ENDED", "close OK"],
    CONNECTING: ["ENDED", "close OK"],
    ONLINE: ["ENDING", "DISCONNECT"],
    ENDING: ["ENDING"],
    ENDED: ["ENDED"],
  },
};
