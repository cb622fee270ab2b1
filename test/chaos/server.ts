// SPDX-License-Identifier: MIT
// A correct server for one client, written from the standard (sections 3 and 4) and independent of the
// client. It says nothing by itself: octets come in through `serverReads`, answers gather in `says`.

import { ack, connack, matches, type Packet, pingresp, publish, type Reader } from "./codec.js";
import { readerOpen, readPacket, suback, Type } from "./codec.js";
import type { Scenario } from "./script.js";

/** A message for the client. */
export interface Message {
  /** It is one of `told`, by its number, in the model. */
  topic: string;
  payload: string;
  qos: number;
  retain: boolean;
  id: number;
  sent: boolean;
  released: boolean;
}

/** What a server keeps under a client identifier. */
interface Session {
  subscriptions: Map<string, number>;
  /** On their way, in their order; those beyond the limit wait behind. */
  out: Message[];
  lastId: number;
  /** Inbound QoS 2 messages between PUBLISH and PUBREL. */
  received: Map<number, Packet>;
}

/** A message the server has taken over, and in which of its sessions. */
export interface Taken {
  packet: Packet;
  session: number;
}

export interface Server {
  rules: Scenario["server"];
  session: Session | undefined;
  /** Counts sessions; a message of an earlier one may come again. */
  sessions: number;
  reader: Reader;
  isConnected: boolean;
  isClean: boolean;
  keepAliveMs: number;
  /** Packets on their way to the client. */
  says: string[];
  taken: Taken[];
  rejects: { code: number; count: number };
  grants: { code: number; count: number };
  isMute: boolean;
  /** What came while it was mute. */
  unread: string;
  /** What the client did that no client may. */
  wrong: string | undefined;
  /** Chosen for every answer where answers may overtake: how many it overtakes. */
  overtakes: () => number;
}

export function serverOpen(rules: Scenario["server"], overtakes: () => number): Server {
  return {
    rules,
    session: undefined,
    sessions: 0,
    reader: readerOpen(true),
    isConnected: false,
    isClean: false,
    keepAliveMs: 0,
    says: [],
    taken: [],
    rejects: { code: 0, count: 0 },
    grants: { code: 0, count: 0 },
    isMute: false,
    unread: "",
    wrong: undefined,
    overtakes,
  };
}

/** The network connection is gone, or a new one is there. */
export function serverLoses(server: Server): void {
  server.reader = readerOpen(true);
  server.isConnected = false;
  server.says = [];
  server.unread = "";
  if (server.isClean) server.session = undefined;
}

/** It starts again, with or without what it kept. */
export function serverRestarts(server: Server, keeps: boolean): void {
  serverLoses(server);
  if (!keeps) server.session = undefined;
}

/** Octets of the client. Returns false when the server closes the connection. */
export function serverReads(server: Server, octets: string): boolean {
  if (server.isMute) {
    server.unread += octets;
    return true;
  }
  const { reader } = server;
  reader.rest += server.unread + octets;
  server.unread = "";
  for (;;) {
    const packet = readPacket(reader);
    if (reader.wrong !== undefined) server.wrong ??= reader.wrong;
    if (packet === undefined) return reader.wrong === undefined;
    if (!serverHandles(server, packet)) return false;
  }
}

function answer(server: Server, octets: string): void {
  const { says } = server;
  let at = says.length;
  const isAck = (one: string) => one.charCodeAt(0) >> 4 !== Type.PUBLISH && one.charCodeAt(0) > 48;
  if (server.rules.scatters) {
    for (let count = server.overtakes(); count > 0 && at > 0 && isAck(says[at - 1]!); count--) {
      at -= 1;
    }
  }
  says.splice(at, 0, octets);
}

/** Hands a message on to whoever wants it, once. */
function take(server: Server, packet: Packet): void {
  server.taken.push({ packet, session: server.sessions });
}

function serverHandles(server: Server, packet: Packet): boolean {
  const { id, type } = packet;
  const session = server.session;
  if (type === Type.CONNECT) return serverAccepts(server, packet);
  if (!server.isConnected || session === undefined) {
    // Behind a refused CONNECT nothing is looked at [MQTT-3.1.4-5].
    return false;
  }
  switch (type) {
    case Type.PUBLISH:
      serverTakes(server, session, packet);
      break;
    case Type.PUBREL: {
      const kept = session.received.get(id);
      if (kept && server.rules.late) take(server, kept);
      session.received.delete(id);
      answer(server, ack(Type.PUBCOMP, id));
      break;
    }
    case Type.PUBACK:
    case Type.PUBCOMP:
      session.out = session.out.filter((message) => message.id !== id || !message.sent);
      serverSends(server);
      break;
    case Type.PUBREC:
      for (const message of session.out) if (message.id === id) message.released = true;
      answer(server, ack(Type.PUBREL, id));
      break;
    case Type.SUBSCRIBE: {
      const code = server.grants.count-- > 0 ? server.grants.code : packet.qos;
      const granted = code === 128 ? code : Math.min(code, packet.qos);
      if (granted === 128) session.subscriptions.delete(packet.topic);
      else session.subscriptions.set(packet.topic, granted);
      answer(server, suback(id, granted));
      break;
    }
    case Type.UNSUBSCRIBE:
      session.subscriptions.delete(packet.topic);
      answer(server, ack(Type.UNSUBACK, id));
      break;
    case Type.PINGREQ:
      answer(server, pingresp());
      break;
    default:
      // DISCONNECT: the server closes where the client has not.
      return false;
  }
  return true;
}

function serverTakes(server: Server, session: Session, packet: Packet): void {
  if (packet.qos < 2) take(server, packet);
  if (packet.qos === 1) answer(server, ack(Type.PUBACK, packet.id));
  if (packet.qos < 2) return;
  if (!session.received.has(packet.id)) {
    session.received.set(packet.id, packet);
    if (!server.rules.late) take(server, packet);
  }
  answer(server, ack(Type.PUBREC, packet.id));
}

function serverAccepts(server: Server, packet: Packet): boolean {
  if (server.isConnected) server.wrong ??= "a second CONNECT";
  if (server.rejects.count-- > 0) {
    server.says.push(connack(false, server.rejects.code));
    return true;
  }
  const kept = packet.clean ? undefined : server.session;
  server.isConnected = true;
  server.isClean = packet.clean;
  server.keepAliveMs = packet.keepAlive * 1500;
  server.says.push(connack(kept !== undefined, 0));
  if (kept === undefined) {
    server.sessions += 1;
    server.session = { subscriptions: new Map(), out: [], lastId: 0, received: new Map() };
    return true;
  }
  // Again in their order, what was released as PUBREL [MQTT-4.4.0-1].
  for (const message of kept.out.filter(({ sent }) => sent)) {
    server.says.push(
      message.released
        ? ack(Type.PUBREL, message.id)
        : publish(message.topic, message.payload, message.qos, message.id, true, message.retain),
    );
  }
  serverSends(server);
  return true;
}

function freeId(server: Server, session: Session): number {
  const taken = new Set(session.out.filter(({ sent }) => sent).map(({ id }) => id));
  let id = server.rules.reuses ? 1 : (session.lastId % 65535) + 1;
  while (taken.has(id)) id = (id % 65535) + 1;
  session.lastId = id;
  return id;
}

/** Sends what waits, as far as it may be on its way at a time. */
function serverSends(server: Server): void {
  const session = server.session!;
  let free = server.rules.inFlight - session.out.filter(({ sent }) => sent).length;
  for (const message of session.out) {
    if (free < 1) break;
    if (message.sent) continue;
    message.id = freeId(server, session);
    message.sent = true;
    free -= 1;
    const { topic, payload, qos, retain, id } = message;
    server.says.push(publish(topic, payload, qos, id, false, retain));
  }
}

/** The server has a message; returns the QoS it goes out with, or −1 where nobody wants it. */
export function serverPublishes(
  server: Server,
  topic: string,
  payload: string,
  qos: number,
  retain: boolean,
): number {
  const session = server.session;
  let granted = -1;
  for (const [filter, most] of session?.subscriptions ?? []) {
    if (most > granted && matches(filter, topic)) granted = most;
  }
  const level = Math.min(granted, qos);
  if (session === undefined || level < 0) return -1;
  if (level === 0) {
    if (!server.isConnected) return -1;
    server.says.push(publish(topic, payload, 0, 0, false, retain));
  } else {
    const message = { topic, payload, qos: level, retain, id: 0, sent: false, released: false };
    session.out.push(message);
    if (server.isConnected) serverSends(server);
  }
  return level;
}
