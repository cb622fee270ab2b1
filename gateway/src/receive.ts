// SPDX-License-Identifier: MIT
// Reading what clients send: any octets, from anywhere. What is no message, not for a gateway, or from nobody
// that is known moves nothing; it is dropped and counted, and where the protocol has a word for it, told.

import { type Octets } from "#engine";
import { Status } from "../../src/status.js";
import {
  encapsulatedAt,
  encodeAdvertise,
  encodeGatewayInfo,
  encodeReturnCode,
} from "../../src/sn/messages.js";
import { decodeMessage, encodeMessage, MsgType, qosOf, ReturnCode } from "../../src/sn/packet.js";
import {
  isRepeated,
  orphan,
  readConnect,
  readDisconnect,
  readWillMsg,
  readWillTopic,
  readWillUpdate,
} from "./connect.js";
import { type Gateway, peerAt, send } from "./core.js";
import { become, heard } from "./life.js";
import { disown, mayCome } from "./peers.js";
import { nudge, readPuback, readPubcomp, readPubrec, readRegack, readRegister } from "./deliver.js";
import { readMinusOne, readPublish, readPubrel } from "./publish.js";
import { isConnected, type Session, State } from "./session.js";
import { readSubscribe, readUnsubscribe } from "./subscribe.js";
import { isTopicName } from "./topics.js";
import type { Link, Peer } from "./world.js";

/** One datagram. */
export function receive(g: Gateway, link: Link, octets: Octets, host: string, port: number): void {
  g.counters.received += 1;
  if (!mayCome(g, link, host)) return;
  const at = encapsulatedAt(octets);
  const peer = peerAt(link, host, port, at > 0 ? octets.slice(3, at) : undefined);
  if (at > 0) octets = octets.slice(at);
  if (isNameless(octets)) {
    if (link.clientId === "") {
      send(g, peer, encodeReturnCode(MsgType.CONNACK, ReturnCode.NOT_SUPPORTED));
      return;
    }
    octets = encodeMessage(MsgType.CONNECT, octets.slice(2) + link.clientId);
  }
  if (decodeMessage(g.fields, octets) !== Status.OK || !isForGateways(g.fields.type)) {
    g.counters.malformed += 1;
    return;
  }
  const { type, flags } = g.fields;
  if (type === MsgType.SEARCHGW) inform(g, peer);
  else if (type < MsgType.CONNECT) {
    // Another gateway, or a client that tells of one.
  } else if (type === MsgType.PUBLISH && qosOf(flags) > 2) readMinusOne(g, octets);
  else if (type === MsgType.CONNECT) readConnect(g, peer, octets);
  else {
    const s = g.peers.get(peer.key);
    if (s === undefined) stranger(g, peer);
    else readMessage(g, s, octets);
  }
}

/** CONNECT without a client identifier: well formed only where the link says whose it is. */
function isNameless(octets: Octets): boolean {
  return octets.length === 6 && octets.startsWith("\x06\x04");
}

/** What only gateways send is never answered: two of them could go on for ever. */
function isForGateways(type: number): boolean {
  return (
    type !== MsgType.CONNACK &&
    type !== MsgType.WILLTOPICREQ &&
    type !== MsgType.WILLMSGREQ &&
    type !== MsgType.SUBACK &&
    type !== MsgType.UNSUBACK &&
    type !== MsgType.WILLTOPICRESP &&
    type !== MsgType.WILLMSGRESP
  );
}

/** Nobody that is connected: told so, but for a DISCONNECT, which may be an answer. */
function stranger(g: Gateway, peer: Peer): void {
  if (g.fields.type !== MsgType.DISCONNECT || g.fields.duration > 0) disown(g, peer);
  else g.counters.unknown += 1;
}

/** GWINFO to who asked, and to all, so that others need not ask (section 6.1). */
function inform(g: Gateway, peer: Peer): void {
  const info = encodeGatewayInfo(g.settings.gatewayId, "");
  send(g, peer, info);
  peer.link.broadcast?.(info);
}

/** ADVERTISE on every link that reaches all. */
export function advertise(g: Gateway, seconds: number): void {
  for (const link of g.links) link.broadcast?.(encodeAdvertise(g.settings.gatewayId, seconds));
}

/** A message from an address that belongs to a session. */
function readMessage(g: Gateway, s: Session, octets: Octets): void {
  const { type, data } = g.fields;
  if (isRepeated(g, s, octets)) return;
  if (s.state === State.CONNECTING) {
    if (type === MsgType.WILLTOPIC) readWillTopic(g, s, octets);
    else if (type === MsgType.WILLMSG) readWillMsg(g, s, octets);
    else if (type === MsgType.DISCONNECT) readDisconnect(g, s, octets);
    // Anything else is of the connection before: it comes again after CONNACK, or was settled by it.
    return;
  }
  if (!isConnected(s)) {
    stranger(g, s.peer);
    return;
  }
  heard(g, s);
  if (type === MsgType.DISCONNECT) {
    readDisconnect(g, s, octets);
    return;
  }
  s.lastRequest = "";
  if (type === MsgType.PUBLISH) readPublish(g, s, octets);
  else if (type === MsgType.PUBACK) readPuback(g, s);
  else if (type === MsgType.PUBREC) readPubrec(g, s);
  else if (type === MsgType.PUBCOMP) readPubcomp(g, s);
  else if (type === MsgType.PUBREL) readPubrel(g, s);
  else if (type === MsgType.PINGREQ) readPingreq(g, s, octets.slice(data));
  else if (type === MsgType.REGISTER) {
    const name = octets.slice(data);
    readRegister(g, s, name, isTopicName(name));
  } else if (type === MsgType.REGACK) readRegack(g, s);
  else if (type === MsgType.SUBSCRIBE) readSubscribe(g, s, octets);
  else if (type === MsgType.UNSUBSCRIBE) readUnsubscribe(g, s, octets);
  else if (type === MsgType.WILLTOPICUPD || type === MsgType.WILLMSGUPD) {
    readWillUpdate(g, s, octets);
  }
}

/**
 * PINGREQ (sections 6.11 and 6.14). A client identifier proves nothing: it wakes only the client that is at
 * this address. Without one it is taken for the client's whose address it is.
 */
function readPingreq(g: Gateway, s: Session, clientId: Octets): void {
  if (clientId !== "" && clientId !== s.clientId) disown(g, s.peer);
  else if (!g.upstream.isUp(s)) orphan(g, s);
  else if (s.state === State.ACTIVE) send(g, s.peer, encodeMessage(MsgType.PINGRESP, ""));
  else {
    if (s.state === State.ASLEEP) become(g, s, State.AWAKE);
    nudge(g, s);
  }
}
