// SPDX-License-Identifier: MIT
// A client on a fake link and a fake clock, for dialogues: the link opens, the server says, time
// passes, the client has sent. What was sent is decoded by mqtt-packet, which shares no code with
// the client. No timers, no network.

import mqttPacket, { type Packet } from "mqtt-packet";
import type { Address, LinkEvents, Port } from "../boards/hal.js";
import { type Client, type ClientEvent, clientOpen } from "../src/client.js";
import type { Options } from "../src/options.js";
import type { Link as EngineLink } from "#engine";
import { octetsOf, wordOf } from "./words.js";

/** One write as the link got it. */
export interface Write {
  head: string;
  payload: unknown;
}

/** One network connection that the client asked for. */
export interface Link {
  host: string;
  port: number | undefined;
  tls: object | undefined;
  /** The clock when it was asked for. */
  openedAt: number;
  writes: Write[];
  /** Everything written, as octets. */
  octets: string;
  /** The client closed it in good order, or let go of it. */
  ended: boolean;
  dropped: boolean;
  /** It is up and has taken CONNECT. */
  opened(): void;
  says(...what: string[]): void;
  drained(): void;
  closes(): void;
  /** What was written since last asked, decoded; at most `count` packets of it. */
  packets(count?: number): Packet[];
}

interface FakeTimer {
  at: number;
  fire: () => void;
}

const events: ClientEvent[] = [
  "connect",
  "message",
  "subscribed",
  "unsubscribed",
  "delivered",
  "uncertain",
  "room",
  "close",
  "error",
];

/** A client with verbs for everything around it. */
export type Dial = ReturnType<typeof dialUp>;

/** Octets or a payload as octets. */
export function octetsFrom(payload: unknown): string {
  if (payload === undefined) return "";
  return typeof payload === "string"
    ? payload
    : Buffer.from(payload as Uint8Array).toString("latin1");
}

/** A fake port that clients can share, with its clock. */
export function worldOpen() {
  const timers: FakeTimer[] = [];
  const links: Link[] = [];
  const connections: EngineLink[] = [];
  const world = {
    now: 0,
    /** What the port's chance says. */
    chance: 0,
    refuses: false,
    throws: false,
    links,
    timers,
    port: undefined as unknown as Port,
    /** Time passes; timers fire in their order. */
    passes(ms: number) {
      const end = world.now + ms;
      for (let fired = 0; ; fired++) {
        if (fired > 20000) throw new Error("timers fire without end");
        let first: FakeTimer | undefined;
        for (const timer of timers) {
          if (timer.at <= end && (first === undefined || timer.at < first.at)) first = timer;
        }
        if (first === undefined) break;
        timers.splice(timers.indexOf(first), 1);
        world.now = first.at;
        first.fire();
      }
      world.now = end;
    },
  };

  function open(drive: unknown, events: LinkEvents, address: Address) {
    const { host, port, tls } = address;
    if (world.refuses) return undefined;
    const parser = mqttPacket.parser({ protocolVersion: 4 } as never);
    const decoded: Packet[] = [];
    let read = 0;
    let inPut = false;
    parser.on("packet", (packet) => decoded.push(packet));
    parser.on("error", (error) => {
      throw error;
    });
    const event = (step: () => void) => {
      if (inPut) throw new Error("an event inside write");
      if (!link.dropped) step();
    };
    const connection: EngineLink = {
      write(head, payload) {
        if (world.throws) throw new Error("the link throws");
        inPut = true;
        link.writes.push({ head, payload });
        link.octets += head + octetsFrom(payload);
        inPut = false;
      },
      end() {
        link.ended = true;
      },
    };
    const link: Link = {
      host,
      port,
      tls,
      openedAt: world.now,
      writes: [],
      octets: "",
      ended: false,
      dropped: false,
      opened: () => event(() => events.drained(drive)),
      says: (...what) => event(() => events.received(drive, octetsOf(...what))),
      drained: () => event(() => events.drained(drive)),
      closes: () => event(() => events.closed(drive)),
      packets(count = Infinity) {
        parser.parse(Buffer.from(link.octets.substring(read), "latin1"));
        read = link.octets.length;
        return decoded.splice(0, count);
      },
    };
    links.push(link);
    connections.push(connection);
    return connection;
  }

  world.port = {
    open,
    drop(connection) {
      const place = connections.indexOf(connection);
      if (place < 0) throw new Error("drop is given something else");
      links[place]!.dropped = true;
    },
    after<T>(step: (record: T) => void, ms: number, record: T) {
      if (!(ms >= 0)) throw new Error(`a timer of ${ms} ms`);
      const timer = { at: world.now + ms, fire: () => step(record) };
      timers.push(timer);
      return timer;
    },
    stop(timer) {
      if (timer === 0) return;
      const place = timers.indexOf(timer as FakeTimer);
      // Firmwares use the numbers of timers again: it may be somebody else's by now.
      if (place < 0) throw new Error("a timer is stopped that has fired or was stopped already");
      timers.splice(place, 1);
    },
    chance: (count) => Math.floor(world.chance * count),
  };
  return world;
}

/** A client that was just made; nothing has been opened. */
export function dialUp(options: Partial<Options> = {}, world = worldOpen()) {
  const made = clientOpen({ host: "server", ...options }, world.port);
  if (typeof made === "number") throw new Error(`refused: ${made}`);
  const client: Client = made;
  let log: string[] = [];
  let links = world.links.length;
  for (const event of events) {
    client.on(event, (...given: unknown[]) => {
      log.push(wordsOf(event, given));
    });
  }
  const dial = {
    client,
    world,
    /** The newest connection. */
    get link(): Link {
      const link = world.links.at(-1);
      if (link === undefined) throw new Error("no connection was asked for");
      return link;
    },
    /** Adds a line to what `heard` returns. */
    note: (line: string) => void log.push(line),
    /** The events since last asked. */
    heard: () => log.splice(0),
    /** What was sent on the newest connection since last asked, in words. */
    sent: () => dial.link.packets().map(wordOf),
    opened: () => dial.link.opened(),
    serverSays: (...what: string[]) => dial.link.says(...what),
    drained: () => dial.link.drained(),
    serverCloses: () => dial.link.closes(),
    passes: (ms: number) => world.passes(ms),
    linkRefuses: (on = true) => void (world.refuses = on),
    writesThrow: (on = true) => void (world.throws = on),
    /** Waits until the client asks for the next connection. */
    dials() {
      for (let i = 0; i < 1000 && world.links.length === links; i++) {
        const next = Math.min(...world.timers.map((timer) => timer.at));
        if (!(next < Infinity)) throw new Error("the client dials no more");
        world.passes(next - world.now);
      }
      if (world.links.length === links) throw new Error("the client does not dial");
      links = world.links.length;
      return dial.link;
    },
    /** The next connection opens; CONNECT is out and read. */
    connects() {
      dial.dials();
      dial.opened();
      return dial.link.packets(1)[0]!;
    },
    /** The next connection is accepted; what is sent behind CONNECT has not been read. */
    accepted(present = false) {
      dial.connects();
      dial.serverSays(present ? "CONNACK present" : "CONNACK");
      return dial;
    },
    /** The connection is lost and the next one accepted. */
    reconnects(present = false) {
      dial.serverCloses();
      return dial.accepted(present);
    },
  };
  return dial;
}

/** A client that is online, with the events so far forgotten. */
export function dialOnline(options: Partial<Options> = {}, world = worldOpen()) {
  const dial = dialUp(options, world).accepted();
  dial.heard();
  return dial;
}

/** A client whose session outlives connections. */
export function dialSession(options: Partial<Options> = {}, world = worldOpen()) {
  return dialOnline({ clientId: "device", cleanSession: false, ...options }, world);
}

function wordsOf(event: string, given: unknown[]): string {
  if (event === "message") {
    const packet = given[2] as { qos: number; retain: boolean; at: number; total: number };
    const part = packet.total > 0 ? ` ${packet.at}/${packet.total}` : "";
    const retain = packet.retain ? " retain" : "";
    return `message ${given[0]} q${packet.qos}${retain}${part} ${octetsFrom(given[1])}`;
  }
  const values = given
    .filter((value) => value !== undefined)
    .map((value) => (value instanceof Error ? value.message : String(value)));
  return [event, ...values].join(" ");
}
