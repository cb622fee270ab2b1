// SPDX-License-Identifier: MIT
// Connecting (specification sections 6.2 to 6.4): CONNECT, the will's two prompts, and the server's answer. What
// comes twice because its answer was lost is answered again. The will stays with the gateway, which
// publishes it, so that it can change without a new connection to the server.

import { isNothing, isUtf8, text, type Octets } from "#engine";
import { encodeReturnCode } from "../../src/sn/messages.js";
import {
  encodeMessage,
  isRetained,
  MsgFlag,
  MsgType,
  qosOf,
  ReturnCode,
} from "../../src/sn/packet.js";
import { changed, type Gateway, send } from "./core.js";
import { become, clear, forget, halt, isEmpty, part, unawait } from "./life.js";
import { admit, leave, settleAt } from "./peers.js";
import { flow } from "./deliver.js";
import { type Session, isConnected, State } from "./session.js";
import { isTopicName, unlearn } from "./topics.js";
import { Refusal, type Peer } from "./world.js";

const enum Protocol {
  ID = 1,
}

/** Answers, and remembers what and whereupon: the same may come again (section 6.13). */
function answer(g: Gateway, s: Session, message: Octets): void {
  s.lastAnswer = message;
  send(g, s.peer, message);
}

/** Remembers what is being answered. */
export function noteRequest(g: Gateway, s: Session, octets: Octets): void {
  s.lastRequest = octets;
  s.lastAnswer = "";
  s.lastAt = g.clock.now();
}

/** Whether these octets were answered just now and nothing else came in between; then they are again. */
export function isRepeated(g: Gateway, s: Session, octets: Octets): boolean {
  const ms = s.peer.link.retryMs * (g.settings.times.retries + 2);
  if (s.lastRequest !== octets || g.clock.now() - s.lastAt > ms) return false;
  if (s.lastAnswer !== "") send(g, s.peer, s.lastAnswer);
  return true;
}

/** CONNECT, from anywhere. */
export function readConnect(g: Gateway, peer: Peer, octets: Octets): void {
  const { flags, code, duration, data } = g.fields;
  const isClean = flags % (MsgFlag.CLEAN_SESSION * 2) >= MsgFlag.CLEAN_SESSION;
  const hasWill = flags % (MsgFlag.WILL * 2) >= MsgFlag.WILL;
  const clientId = octets.slice(data);
  const here = g.peers.get(peer.key);
  if (here !== undefined && isRepeated(g, here, octets)) return;
  if (code !== Protocol.ID || !isClientId(clientId, g.settings.limits.clientId)) {
    send(g, peer, encodeReturnCode(MsgType.CONNACK, ReturnCode.NOT_SUPPORTED));
    return;
  }
  const s = admit(g, clientId, peer);
  if (typeof s === "number") {
    send(g, peer, encodeReturnCode(MsgType.CONNACK, s));
    return;
  }
  if (here !== undefined && here !== s) replace(g, here);
  const isHere = here === s;
  // The newest wins; where it was before, nobody is any more.
  if (!isHere && isConnected(s) && g.peers.get(s.peer.key) === s) {
    send(g, s.peer, encodeMessage(MsgType.DISCONNECT, ""));
  }
  const isAsleep = s.state === State.ASLEEP || s.state === State.AWAKE;
  const isWaking = isHere && isAsleep && !isClean;
  halt(g, s);
  settleAt(g, s, peer);
  if (isClean) clear(g, s);
  unawait(s);
  if (!isWaking) {
    unlearn(s.topics);
    s.isClean = isClean;
  }
  s.keepAlive = duration;
  s.asking = { isClean, isWaking, hasWill, will: undefined, awaits: "topic" };
  noteRequest(g, s, octets);
  become(g, s, State.CONNECTING);
  if (hasWill) answer(g, s, encodeMessage(MsgType.WILLTOPICREQ, ""));
  else toServer(g, s);
}

function isClientId(clientId: Octets, most: number): boolean {
  return clientId.length <= most && isUtf8(clientId) && !/[\0-\x1f\x7f]/.test(clientId);
}

/** Another client has this address now: the one that was here has left. */
function replace(g: Gateway, old: Session): void {
  leave(g, old);
  if (old.isClean) forget(g, old);
  else if (isConnected(old) || old.state === State.CONNECTING) part(g, old, State.DISCONNECTED);
}

function toServer(g: Gateway, s: Session): void {
  const { asking } = s;
  if (!asking) return;
  asking.awaits = "server";
  g.upstream.connect(s, asking.isClean);
}

/** WILLTOPIC (section 6.3). Without any field there is no will. */
export function readWillTopic(g: Gateway, s: Session, octets: Octets): void {
  const { asking } = s;
  const { flags, data } = g.fields;
  if (asking?.awaits !== "topic") return;
  noteRequest(g, s, octets);
  const topic = octets.slice(data);
  if (isNothing(topic)) toServer(g, s);
  else if (!isTopicName(topic) || qosOf(flags) > 2) refuseConnect(g, s, Refusal.FORBIDDEN);
  else {
    asking.will = { topic, payload: "", qos: qosOf(flags), retain: isRetained(flags) };
    asking.awaits = "payload";
    answer(g, s, encodeMessage(MsgType.WILLMSGREQ, ""));
  }
}

/** WILLMSG, which may be empty. */
export function readWillMsg(g: Gateway, s: Session, octets: Octets): void {
  const { asking } = s;
  if (asking?.awaits !== "payload") return;
  noteRequest(g, s, octets);
  asking.will!.payload = octets.slice(g.fields.data);
  toServer(g, s);
}

/** The server has accepted: the client's own connection, or one that was lost while it slept. */
export function accepted(g: Gateway, s: Session, sessionPresent: boolean): void {
  const { asking } = s;
  if (!sessionPresent) {
    for (const [filter, qos] of s.subscriptions) g.upstream.subscribe(s, filter, qos, () => {});
  }
  if (s.state !== State.CONNECTING || asking?.awaits !== "server") return;
  if (asking.hasWill) s.will = asking.will;
  s.asking = undefined;
  g.counters.connected += 1;
  g.log.debug({ client: text(s.clientId), from: s.peer.host }, "client connected");
  become(g, s, State.ACTIVE);
  answer(g, s, encodeReturnCode(MsgType.CONNACK, ReturnCode.ACCEPTED));
  flow(g, s);
}

/** The server has refused. Of a client that never was here nothing is kept. */
export function refused(g: Gateway, s: Session, refusal: Refusal): void {
  if (s.state === State.CONNECTING) refuseConnect(g, s, refusal);
}

function refuseConnect(g: Gateway, s: Session, refusal: Refusal): void {
  g.counters.refused += 1;
  if (isEmpty(s)) s.isClean = true;
  // The same CONNECT again is another try.
  s.lastRequest = "";
  send(g, s.peer, encodeReturnCode(MsgType.CONNACK, refusal));
  part(g, s, State.DISCONNECTED);
}

/** The connection to the server is lost. A sleeper is told when it wakes; meanwhile it may be back. */
export function brokerLost(g: Gateway, s: Session): void {
  g.counters.brokerLost += 1;
  if (s.state === State.ACTIVE || s.state === State.AWAKE) orphan(g, s);
}

/** Tells a client that it has no connection any more, because the server is not there. */
export function orphan(g: Gateway, s: Session): void {
  s.lastRequest = "";
  send(g, s.peer, encodeMessage(MsgType.DISCONNECT, ""));
  part(g, s, State.DISCONNECTED);
}

/** WILLTOPICUPD or WILLMSGUPD (section 6.4): independent of each other; an empty topic deletes both. */
export function readWillUpdate(g: Gateway, s: Session, octets: Octets): void {
  const { type, flags, data } = g.fields;
  const field = octets.slice(data);
  let code = ReturnCode.ACCEPTED;
  if (type === MsgType.WILLMSGUPD) {
    if (s.will) s.will = { ...s.will, payload: field };
    else code = ReturnCode.NOT_SUPPORTED;
  } else if (isNothing(field)) s.will = undefined;
  else if (!isTopicName(field) || qosOf(flags) > 2) code = ReturnCode.NOT_SUPPORTED;
  else {
    const payload = s.will?.payload ?? "";
    s.will = { topic: field, payload, qos: qosOf(flags), retain: isRetained(flags) };
  }
  changed(g, s);
  send(g, s.peer, encodeReturnCode(type + 1, code));
}

/** DISCONNECT: the connection is over, or the client sleeps (section 6.14). A duration of 0 is none. */
export function readDisconnect(g: Gateway, s: Session, octets: Octets): void {
  const { duration } = g.fields;
  noteRequest(g, s, octets);
  if (duration > 0) {
    if (!isConnected(s)) return;
    halt(g, s);
    s.sleep = duration;
    become(g, s, State.ASLEEP);
  } else part(g, s, State.DISCONNECTED);
  answer(g, s, encodeMessage(MsgType.DISCONNECT, ""));
}
