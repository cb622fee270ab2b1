// SPDX-License-Identifier: MIT
// What the model asks after everything that happened: nothing is due any more, figures are right, no
// timer is too many, and nothing is awaited for longer than `answerMs`.

import { fail, type Model, tickOf, type Watch } from "./model.js";
import { advance } from "./model-in.js";
import { isOverReserve, keepsAlive } from "./model-out.js";

export interface Figures {
  reconnects: number;
  refused: number;
  skipped: number;
  inFlight: number;
}

/** Everything that followed from something that happened is over. */
export function modelSettles(m: Model, figures: Figures, timers: number): void {
  advance(m);
  const watch = m.watch;
  m.due = m.due.filter(({ isOptional }) => !isOptional);
  if (m.isEnded) m.due = [];
  if (m.due.length > 0) fail(m, `not told: ${m.due[0]!.event} ${JSON.stringify(m.due[0]!.values)}`);
  if (m.closeDue && !m.isEnded) fail(m, "a connection was closed, and close is not told");
  if (m.thrown.length > 0) fail(m, "what a handler threw is not told to error");
  if (watch && !m.isEnded) watchSettles(m, watch);
  figuresAreRight(m, figures);
  const draining = m.drains.some(({ count, isReplaced }) => count < 1 && !isReplaced);
  if (m.isEnded && m.hasClosed && draining) fail(m, "the end came, and done is not told");
  for (const { count, isReplaced, deadline } of m.drains) {
    if (count < 1 && !isReplaced && m.now > deadline && m.now > m.lateAt) {
      fail(m, "the time of drain is over, and done is not told");
    }
  }
  const wanted = (m.isEnded ? 0 : 1) + (draining ? 1 : 0);
  if (timers !== wanted) fail(m, `${timers} timers, not ${wanted}`);
}

function watchSettles(m: Model, watch: Watch): void {
  if (watch.must) fail(m, `is not closed: ${watch.must.why}`);
  if (isOverReserve(m, watch)) fail(m, `keeps a link with ${watch.outstanding} octets under way`);
  // What waited for the end of a message in parts leaves when the link has taken that.
  if (m.owed.length > 0 && !watch.open && !watch.hasThrown && watch.outstanding < 1) {
    fail(m, `not sent: ${m.owed[0]}`);
  }
  keepsAlive(m, watch);
  asksTheSilent(m, watch);
  const late = m.scenario.options.answerMs + 2 * tickOf(m.scenario) + 1;
  const before = m.ages;
  m.ages = new Map();
  for (const name of awaited(m, watch)) {
    const since = before.get(name) ?? m.now;
    m.ages.set(name, since);
    const waits = m.now - Math.max(since, m.lateAt);
    if (waits > late) fail(m, `waits ${waits} ms for ${name}`);
  }
}

/** A server that has said nothing for longer than keep alive is asked whether it is there. */
function asksTheSilent(m: Model, watch: Watch): void {
  const { keepAlive } = m.scenario.options;
  const isAsked = watch.pingAt >= 0 || watch.open !== undefined || watch.hasThrown;
  // Into the midst of a message nothing can be said.
  if (watch.open) watch.heardAt = m.now;
  if (m.phase !== "online" || keepAlive < 1 || isAsked) return;
  const since = Math.max(watch.heardAt, watch.onlineAt, m.lateAt);
  if (m.now - since > keepAlive * 1000 + tickOf(m.scenario)) {
    fail(m, `has heard nothing for ${m.now - since} ms, and does not ask`);
  }
}

/** What has to be answered, each under a name of its own. */
function awaited(m: Model, watch: Watch): string[] {
  const names = m.entries
    .filter(({ askedOn, knownTo }) => askedOn === watch.no && knownTo !== m.session)
    .map(({ id }) => `the answer to subscription ${id}`);
  const oldest = m.outs.find((out) => out.state === "held" && out.qos > 0);
  if (m.phase === "connecting") names.push("CONNACK");
  if (watch.open) {
    names.push(`the link, at octet ${watch.out.rest.length} of message ${watch.open.message.n}`);
  }
  if (watch.pingAt >= 0) names.push("PINGRESP");
  if (m.released[0]) names.push(`PUBCOMP ${m.released[0].id}, message ${m.released[0].n}`);
  const wasHanded = oldest?.handedOn === watch.no || (oldest?.maybe && watch.hasThrown);
  if (oldest && wasHanded && watch.open?.message !== oldest) {
    names.push(`the answer to message ${oldest.n}`);
  }
  return names;
}

function figuresAreRight(m: Model, figures: Figures): void {
  const { refused, skipped, inFlight, reconnects } = figures;
  const least = m.outs.length;
  if (inFlight < least || inFlight > least + m.ghosts) {
    fail(m, `stats says ${inFlight} in flight, not ${least}`);
  }
  if (inFlight === least) m.ghosts = 0;
  if (refused !== m.refused) fail(m, `stats says ${refused} refused, not ${m.refused}`);
  if (skipped !== m.skipped) fail(m, `stats says ${skipped} skipped, not ${m.skipped}`);
  if (reconnects !== Math.max(0, m.accepted - 1)) fail(m, `stats says ${reconnects} reconnects`);
}
