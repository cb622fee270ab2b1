// SPDX-License-Identifier: MIT
// Gateways: found by what they send (specification section 6.1), lost when one does not answer (section
// 6.13). The first of the list is the one in use. One that was found and does not answer is forgotten, and
// so is one that has missed N_ADV of its ADVERTISEs when the next is chosen; it is found again when it is
// back. Not here: telling other clients of a gateway.

import { call, isGiven, isNothing, listRemove, Octets, orUsual } from "#engine";
import { Limit } from "#limits";
import { Status } from "../status.js";
import { SnLimit } from "./limits.js";
import { addressOf, portOf } from "./messages.js";
import { MsgType } from "./packet.js";
import { Resumption, SnPhase, SnSession } from "./session.js";

/**
 * ADVERTISE, SEARCHGW or GWINFO, from anywhere. A gateway's address is where it sends from, but in a
 * GWINFO that a client sent for it. A search by somebody else stands for our own.
 */
export function found(s: SnSession, octets: Octets, host: string, port: number): void {
  const m = s.fields;
  const isSearching = s.phase === SnPhase.OFFLINE && s.gateways.length < 1;
  // What comes without a duration says nothing by its silence.
  const goneAt = s.port.now() + orUsual(m.duration, SnLimit.MAX_DURATION) * SnLimit.ADVERTISES;
  if (m.data < octets.length) {
    host = addressOf(octets, m.data);
    port = portOf(octets, m.data);
  }
  let isNew = s.options.search !== undefined && s.gateways.length < SnLimit.GATEWAYS;
  for (const gateway of s.gateways) {
    if (gateway.host === host && orUsual(gateway.port, 1883) === port) {
      isNew = false;
      if (isGiven(gateway.goneAt)) gateway.goneAt = goneAt;
    }
  }
  if (m.type === MsgType.SEARCHGW) {
    if (isSearching) s.due = nextBound(s);
  } else if (isNew && !isNothing(host)) {
    s.gateways.push({ host: host, port: port, goneAt: goneAt });
    if (isSearching) s.due = 1;
  }
}

/** Takes gateways that have missed their ADVERTISEs out of the front of the list. */
export function forgetGone(s: SnSession): void {
  const now = s.port.now();
  while (s.gateways.length > 0 && orUsual(s.gateways[0]!.goneAt, now) < now)
    listRemove(s.gateways, 0);
}

/** The bound of the next wait; the one behind it is twice as long. */
export function nextBound(s: SnSession): number {
  const reconnect = s.options.reconnect || {};
  const bound = orUsual(s.boundMs, orUsual(reconnect.min, Limit.RECONNECT_MIN_MS));
  s.boundMs = Math.min(bound * 2, orUsual(reconnect.max, Limit.RECONNECT_MAX_MS));
  return bound;
}

/** The connection is over: plans the next one, with another gateway where one is known. */
export function lost(s: SnSession, status: Status): void {
  const gateway = s.gateways[0];
  // A gateway that does not know a sleeper keeps what it has for it under its name.
  s.resumption =
    s.options.cleanSession === false ||
    (status === Status.CLOSED && s.phase !== SnPhase.ONLINE && s.resumption === Resumption.AWAKE)
      ? Resumption.SESSION
      : Resumption.CLEAN;
  s.phase = SnPhase.OFFLINE;
  s.answer = 0;
  s.peer = "";
  if (gateway && status !== Status.CLOSED) {
    listRemove(s.gateways, 0);
    if (!isGiven(gateway.goneAt) || status !== Status.NO_ANSWER) s.gateways.push(gateway);
  }
  // T_WAIT where it was refused and there is no other; else full jitter up to a bound that doubles.
  s.due = s.port.chance(nextBound(s)) + 1;
  if (s.gateways.length < 2 && status > Status.MALFORMED) s.due = waitMs(s);
  call(s.listeners, s.listeners.on.close, status);
}

/** T_WAIT. @inline */
export function waitMs(s: SnSession): number {
  return orUsual(s.options.waitMs, SnLimit.WAIT_MS);
}
