// SPDX-License-Identifier: MIT
// Who is where: sessions by the address their messages come from, what one address may have and send, and what
// an address is told of which nobody is known.

import type { Octets } from "#engine";
import { encodeMessage, MsgType } from "../../src/sn/packet.js";
import { type Gateway, send } from "./core.js";
import { ruleFor } from "./rules.js";
import { type Session, sessionOpen } from "./session.js";
import { Fixed } from "./settings.js";
import { type Link, type Peer, Refusal } from "./world.js";

/** What limits per address count by: the address of UDP, a stream as a whole. */
function hostKey({ link, host }: Peer): string {
  return `${link.name} ${host}`;
}

/** The client is at this address from now on; whoever was there has left. */
export function settleAt(g: Gateway, s: Session, peer: Peer): void {
  leave(g, s);
  s.peer = peer;
  g.peers.set(peer.key, s);
  const host = hostKey(peer);
  g.perHost.set(host, (g.perHost.get(host) ?? 0) + 1);
}

/** Nobody is known any more where the client was. */
export function leave(g: Gateway, s: Session): void {
  if (g.peers.get(s.peer.key) !== s) return;
  g.peers.delete(s.peer.key);
  const host = hostKey(s.peer);
  const left = (g.perHost.get(host) ?? 1) - 1;
  if (left < 1) g.perHost.delete(host);
  else g.perHost.set(host, left);
}

/** A client that may come; or why it may not. */
export function admit(g: Gateway, clientId: Octets, peer: Peer): Session | Refusal {
  const { limits } = g.settings;
  const rule = ruleFor(g.rules, clientId, peer);
  if (rule === null) {
    g.counters.forbidden += 1;
    return Refusal.FORBIDDEN;
  }
  const known = g.sessions.get(clientId);
  const isNewHere = known === undefined || known.peer.key !== peer.key;
  if (
    (known === undefined && g.sessions.size >= limits.clients) ||
    (isNewHere && (g.perHost.get(hostKey(peer)) ?? 0) >= limits.clientsPerAddress)
  ) {
    g.counters.congested += 1;
    return Refusal.UNAVAILABLE;
  }
  const s = known ?? sessionOpen(clientId, peer, g.clock.now());
  s.rule = rule;
  g.sessions.set(clientId, s);
  g.gone.delete(clientId);
  return s;
}

/** Whether another datagram may come from there in this second. */
export function mayCome(g: Gateway, link: Link, host: string): boolean {
  const traffic = trafficOf(g, `${link.name} ${host}`);
  if (traffic === undefined || traffic.datagrams >= g.settings.limits.datagramsPerSecond) {
    g.counters.limited += 1;
    return false;
  }
  traffic.datagrams += 1;
  return true;
}

function trafficOf(g: Gateway, host: string) {
  const second = Math.floor(g.clock.now() / 1000);
  if (second !== g.second) {
    g.second = second;
    g.traffic.clear();
  }
  let traffic = g.traffic.get(host);
  if (traffic === undefined && g.traffic.size < Fixed.ADDRESSES) {
    traffic = { datagrams: 0, answers: 0 };
    g.traffic.set(host, traffic);
  }
  return traffic;
}

/** Tells an address that nobody is known there, so that it connects anew; not without end. */
export function disown(g: Gateway, peer: Peer): void {
  const traffic = trafficOf(g, hostKey(peer));
  g.counters.unknown += 1;
  if (traffic === undefined || traffic.answers >= Fixed.UNKNOWN_ANSWERS) return;
  traffic.answers += 1;
  send(g, peer, encodeMessage(MsgType.DISCONNECT, ""));
}
