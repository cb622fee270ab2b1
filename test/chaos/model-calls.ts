// SPDX-License-Identifier: MIT
// What the model says to calls and what they return: what is refused has changed nothing, what is
// accepted is kept to.

import { publish } from "./codec.js";
import { fail, type Model, type Out } from "./model.js";

/** A message as it is given to `publish` or `publishParts`, all of it octets. */
export interface Given {
  topic: string;
  payload: string;
  qos: number;
  retain: boolean;
  inParts: boolean;
}

/** A call of `publish` begins: its octets may leave before it returns. */
export function modelPublishes(m: Model, given: Given): Out | undefined {
  const { topic, payload, qos, retain, inParts } = given;
  m.zero = undefined;
  if (m.isEnded) return undefined;
  if (qos === 0 && !inParts) {
    m.zero = { topic, payload, retain };
    return undefined;
  }
  const whole = publish(topic, payload, qos, 1, false, retain);
  const out: Out = {
    n: m.all.length,
    id: -1,
    qos,
    topic,
    payload,
    retain,
    inParts,
    kept: whole.length - (inParts ? payload.length : 0),
    state: "held",
    handedOn: 0,
    maybe: false,
    told: "",
    sessions: new Set(),
  };
  m.outs.push(out);
  m.all.push(out);
  return out;
}

/** It has returned. */
export function modelPublished(m: Model, given: Given, out: Out | undefined, result: number): void {
  const wasSent = m.zero === undefined;
  m.zero = undefined;
  if (result < 0) {
    if (out) {
      m.outs = m.outs.filter((one) => one !== out);
      m.all = m.all.filter((one) => one !== out);
      if (out.handedOn > 0) fail(m, "refused, and sent");
    }
    return;
  }
  if (out === undefined && m.isEnded) return fail(m, "accepted after the end");
  if (given.qos === 0 && result !== 0) fail(m, `QoS 0 returned ${result}`);
  if (out === undefined) {
    if (!wasSent) fail(m, "accepted at QoS 0, and not sent");
    return;
  }
  if (given.qos > 0) identifierIsFree(m, out, result);
  if (out.qos > 0) out.id = result;
  const { inFlight, outbox } = m.scenario.options;
  const kept = m.outs.reduce((sum, one) => sum + (one.state === "held" ? one.kept : 0), 0);
  if (m.outs.length > inFlight) fail(m, `${m.outs.length} messages in ${inFlight} slots`);
  if (kept > outbox) fail(m, `${kept} octets in an outbox of ${outbox}`);
}

function identifierIsFree(m: Model, out: Out, id: number): void {
  if (out.id >= 0 && out.id !== id) fail(m, `sent as ${out.id}, returned as ${id}`);
  if (id < 1 || id > 65535) fail(m, `packet identifier ${id}`);
  const other = m.outs.find((one) => one !== out && one.qos > 0 && one.id === id);
  const wish = m.entries.find((one) => one.id === id && one.knownTo !== m.session);
  if (other || wish) fail(m, `packet identifier ${id} is in flight [MQTT-2.3.1-2]`);
}

/** A refusal has its reasons. `before` says what was in flight when the call was made. */
export function refusalIsRight(m: Model, given: Given, status: number, isBusy: boolean): void {
  const { outbox, linkWindow } = m.scenario.options;
  const whole = publish(given.topic, given.payload, given.qos, 1, false, given.retain);
  const length = whole.length - (given.inParts ? given.payload.length : 0);
  const isKept = given.qos > 0 || given.inParts;
  if (m.isEnded !== (status === -5)) return fail(m, `refused with ${status}`);
  if (status === -5) return;
  const isTooLong = length > linkWindow || (isKept && length > outbox);
  if (isTooLong !== (status === -7)) return fail(m, `refused with ${status}, length ${length}`);
  if (status === -7) return;
  const watch = m.watch;
  if (!isKept) {
    const isShut = watch === undefined || m.phase !== "online";
    if (isShut ? status === -30 : status === -13 || watch.hasThrown || watch.open) return;
    // Before CONNACK an eager client has a window too.
    if (m.phase === "connecting" && m.scenario.options.eager && status === -13) return;
    return fail(m, `QoS 0 refused with ${status}`);
  }
  if (status !== -10 && status !== -11) return fail(m, `refused with ${status}`);
  if (isBusy) return;
  if (m.outs.length + m.ghosts < 1) fail(m, `refused with ${status}, and nothing is in flight`);
}

/**
 * A subscription is asked for, or with QoS −1 given up: its octets may leave before the call returns.
 * Returns what to do with its result.
 */
export function modelWishes(
  m: Model,
  filter: string,
  qos: number,
  handler: string | undefined,
): (result: number) => void {
  const { subscriptions } = m.scenario.options;
  const before = m.entries;
  const entry = before.find((one) => one.filter === filter);
  const isFull = before.length >= subscriptions;
  const wanted = m.isEnded ? -5 : entry ? 0 : qos < 0 ? -6 : isFull ? -12 : 0;
  const wish = { filter, qos, handler, id: -1, askedOn: 0, knownTo: 0 };
  if (wanted === 0) {
    m.entries = entry ? before.map((one) => (one === entry ? wish : one)) : [...before, wish];
  }
  return (result) => {
    if (wanted < 0 ? result !== wanted : result < 32768) {
      fail(m, `returns ${result}${wanted < 0 ? `, not ${wanted}` : ""}`);
    }
    if (wish.id >= 0 && wish.id !== result) fail(m, `returns ${result}, sent as ${wish.id}`);
    wish.id = result;
  };
}
