// SPDX-License-Identifier: MIT
// The table of transitions is what a session does: each event in each state, on a link and with timers
// that the test holds in its hands.

import { describe, expect, it } from "vitest";
import type { Link } from "#engine";
import type { LinkEvents, Port } from "../../boards/hal.js";
import { type Client, clientOpen } from "../../src/client.js";
import type { Options } from "../../src/options.js";
import { Phase } from "../../src/session/session.js";
import { type State, TRANSITIONS } from "../../src/session/transitions.js";
import { Status } from "../../src/status.js";
import type { Drive } from "../../src/transport/drive.js";
import { octetsOf, publishOf } from "../words.js";

const PACKETS =
  "RESERVED CONNECT CONNACK PUBLISH PUBACK PUBREC PUBREL PUBCOMP SUBSCRIBE SUBACK".split(" ");
PACKETS.push("UNSUBSCRIBE", "UNSUBACK", "PINGREQ", "PINGRESP", "DISCONNECT");

/** The names of statuses that a session can tell; an enum of constants has none at run time. */
const NAMES = new Map<number, string>([
  [Status.OK, "OK"],
  [Status.ENDED, "ENDED"],
  [Status.REFUSED_PROTOCOL, "REFUSED_…"],
  [Status.REFUSED_IDENTIFIER, "REFUSED_…"],
  [Status.REFUSED_UNAVAILABLE, "REFUSED_…"],
  [Status.REFUSED_LOGIN, "REFUSED_…"],
  [Status.REFUSED_AUTHORIZATION, "REFUSED_…"],
  [Status.MALFORMED, "MALFORMED"],
  [Status.UNEXPECTED, "UNEXPECTED"],
  [Status.OFFLINE, "OFFLINE"],
  [Status.CLOSED, "CLOSED"],
  [Status.UNREACHABLE, "UNREACHABLE"],
  [Status.NO_ANSWER, "NO_ANSWER"],
  [Status.LINK_FAILED, "LINK_FAILED"],
]);

const nameOf = (status: number) =>
  status > 0 ? "an identifier" : (NAMES.get(status) ?? `Status ${status}`);

interface Timer {
  /** The name of the step. */
  name: string;
  fire: () => void;
}

/** A client on a link and timers that do nothing of themselves; a tick is a second. */
function sessionOpen(options: Partial<Options> = {}) {
  let timers: Timer[] = [];
  let drive: Drive | undefined;
  let events: LinkEvents | undefined;
  const does: string[] = [];
  const net = { isThere: true, throws: false };
  const write = (octets: string, payload?: Uint8Array) => {
    if (net.throws) throw new Error("the link throws");
    does.push(PACKETS[(octets + (payload ?? "")).charCodeAt(0) >> 4]!);
  };
  const port: Port = {
    open(_drive, told) {
      events = told;
      return net.isThere ? ({ write, end() {} } as Link) : undefined;
    },
    drop() {},
    after(step, _ms, record) {
      drive ??= record as Drive;
      const timer = { name: step.name, fire: () => step(record) };
      timers.push(timer);
      return timer;
    },
    stop(timer) {
      timers = timers.filter((one) => one !== timer);
    },
    chance: () => 0,
  };
  const client = clientOpen(
    { host: "h", answerMs: 4000, keepAlive: 0, ...options },
    port,
  ) as Client;
  client.on("close", (status: number) => does.push(`close ${nameOf(status)}`));
  for (const event of ["connect", "message", "error"] as const) {
    client.on(event, () => does.push(event));
  }
  const fires = (name: string) => {
    const timer = timers.find((one) => one.name === name);
    timers = timers.filter((one) => one !== timer);
    timer?.fire();
    return timer !== undefined;
  };
  const says = (octets: string) => events!.received(drive, octets);
  return {
    client,
    net,
    does,
    fires,
    says,
    drained: () => events!.drained(drive),
    closes: () => events!.closed(drive),
    drains: () => client.drain(1000, (status) => does.push(`done ${nameOf(status)}`)),
    state(): State {
      const { phase, gate } = drive!.session;
      if (phase === Phase.OFFLINE) return "OFFLINE";
      if (phase === Phase.CONNECTING) return "CONNECTING";
      if (phase === Phase.ONLINE) return "ONLINE";
      return gate.link ? "ENDING" : "ENDED";
    },
  };
}

type Session = ReturnType<typeof sessionOpen>;

/** How a session gets into each state; `before` is done as soon as it can be. */
const WAYS: Record<State, (s: Session, before: () => void) => void> = {
  OFFLINE(s, before) {
    // One that had a connection: what comes of it is late.
    WAYS.ONLINE(s, before);
    s.closes();
  },
  CONNECTING(s, before) {
    s.fires("driveConnect");
    before();
  },
  ONLINE(s, before) {
    s.fires("driveConnect");
    s.says(octetsOf("CONNACK"));
    s.drained();
    before();
  },
  ENDING(s, before) {
    WAYS.ONLINE(s, before);
    s.client.end();
  },
  ENDED(s, before) {
    WAYS.ENDING(s, before);
    s.closes();
  },
};

const returns = (s: Session, value: number) => void s.does.push(`returns ${nameOf(value)}`);

/** Ticks until something comes of it; false where no timer runs. */
function ticks(s: Session, count: number): boolean {
  let isRunning = false;
  for (let i = 0; i < count && s.fires("driveTick"); i++) isRunning = true;
  return isRunning;
}

interface Event {
  options?: Partial<Options>;
  /** What has to be there before it can come. */
  before?: (s: Session) => void;
  /** Makes it come; false where nothing could make it. */
  happens: (s: Session) => unknown;
}

/** An event that the link brings: in each state there is, or was, one. */
const heard = (octets: string): Event => ({ happens: (s) => s.says(octets) });

/** Something unanswered: publish before CONNACK waits, behind it the server owes PUBACK. */
const owes = (s: Session) => void s.client.publish("a", "x", 1);

const EVENTS: Record<string, Event[]> = {
  "the delay is over": [{ happens: (s) => s.fires("driveConnect") }],
  "the delay is over, and there is no network": [
    { before: (s) => (s.net.isThere = false), happens: (s) => s.fires("driveConnect") },
  ],
  "CONNACK 0": [heard(octetsOf("CONNACK"))],
  "CONNACK 1 to 5": [1, 2, 3, 4, 5].map((code) => heard(octetsOf(`CONNACK ${code}`))),
  "PUBLISH at QoS 1": [heard(publishOf("a", "x", 1, 7))],
  "octets that are no packet": [heard("\x20\xff\xff\xff\xff")],
  "the link has taken everything, and a message waits": [
    {
      // A window of one message.
      options: { linkWindow: 8 },
      before: (s) => {
        owes(s);
        owes(s);
      },
      happens: (s) => s.drained(),
    },
  ],
  "the link is closed": [{ happens: (s) => s.closes() }],
  "a write threw, and a tick": [
    {
      before: (s) => {
        s.net.throws = true;
        s.client.publish("a", "x");
      },
      happens: (s) => ticks(s, 1),
    },
  ],
  "no answer within answerMs": [{ before: owes, happens: (s) => ticks(s, 5) }],
  "three quarters of keepAlive": [{ options: { keepAlive: 4 }, happens: (s) => ticks(s, 3) }],
  "publish at QoS 0": [{ happens: (s) => returns(s, s.client.publish("a", "x")) }],
  "publish at QoS 1": [{ happens: (s) => returns(s, s.client.publish("a", "x", 1)) }],
  subscribe: [{ happens: (s) => returns(s, s.client.subscribe("a")) }],
  "drain, with nothing left": [{ happens: (s) => s.drains() }],
  "the time of drain is over": [
    {
      before: (s) => {
        owes(s);
        s.drains();
      },
      happens: (s) => s.fires("giveUp"),
    },
  ],
  end: [{ happens: (s) => s.client.end() }],
};

it("the table names the events that are driven here, and no others", () => {
  expect(Object.keys(TRANSITIONS)).toEqual(Object.keys(EVENTS));
});

describe.each(Object.entries(EVENTS))("%s", (title, all) => {
  it.each(Object.keys(WAYS) as State[])("in %s does what the table says", (state) => {
    for (const { options, before, happens } of all) {
      const s = sessionOpen(options);
      WAYS[state](s, () => before?.(s));
      expect(s.state()).toBe(state);
      s.does.length = 0;
      const isPossible = happens(s) !== false;
      expect(isPossible ? [s.state(), ...s.does] : null).toEqual(TRANSITIONS[title]![state]);
    }
  });
});
