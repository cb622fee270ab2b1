// SPDX-License-Identifier: MIT
// Gateways: found by what they send (specification section 6.1), lost when one does not answer (section
// 6.13). The first of the list is the one in use. One that was found and does not answer is forgotten; it
// is found again when it is back. Not here: a client that tells others of its gateway, and gateways such
// a client told of; and leaving out one that advertises itself no more before it was tried.

import { call, listRemove, Octets } from "#engine";
import { Status } from "../status.js";
import { SnLimit } from "./limits.js";
import { MsgType } from "./packet.js";
import { Resumption, SnPhase, SnSession } from "./session.js";

/**
 * ADVERTISE, SEARCHGW or GWINFO, from anywhere. A gateway's address is where it sends from. A search by
 * somebody else stands for our own.
 */
export function found(s: SnSession, octets: Octets, host: string, port: number): void {
  const isSearching = s.phase === SnPhase.OFFLINE && s.gateways.length < 1;
  let isNew = s.options.search !== undefined && s.gateways.length < SnLimit.GATEWAYS;
  for (const gateway of s.gateways) {
    if (gateway.host === host && gateway.port === port) isNew = false;
  }
  if (s.fields.type === MsgType.SEARCHGW) {
    if (isSearching) s.due = s.boundMs;
  } else if (isNew && (s.fields.type < MsgType.GWINFO || s.fields.data === octets.length)) {
    s.gateways.push({ host: host, port: port, isFound: true });
    if (isSearching) s.due = 1;
  }
}

/** The connection is over: plans the next one, with another gateway where one is known. */
export function lost(s: SnSession, status: Status): void {
  const gateway = s.gateways[0];
  // A gateway that does not know a sleeper keeps what it has for it under its name.
  s.resumption =
    status === Status.CLOSED && (s.phase > SnPhase.ONLINE || s.resumption === Resumption.AWAKE)
      ? Resumption.SESSION
      : Resumption.NONE;
  s.phase = SnPhase.OFFLINE;
  s.answer = 0;
  s.peer = "";
  if (gateway && status !== Status.CLOSED) {
    listRemove(s.gateways, 0);
    if (!gateway.isFound || status !== Status.NO_ANSWER) s.gateways.push(gateway);
  }
  // T_WAIT where it was refused and there is no other; else full jitter up to a bound that doubles.
  s.due =
    s.gateways.length < 2 && status > Status.MALFORMED ? s.waitMs : s.port.chance(s.boundMs) + 1;
  s.boundMs = Math.min(s.boundMs * 2, s.maxMs);
  call(s.listeners, s.listeners.on.close, status);
}
