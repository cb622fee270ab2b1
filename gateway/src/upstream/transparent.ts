// SPDX-License-Identifier: MIT
// Transparent: each client has a connection of its own to the server, under its own identifier, so the server
// sees who it is and what it may do. It stays while the client sleeps; when it is lost meanwhile it comes back
// by itself. What was published and not acknowledged waits in it over such a loss.

import type { MqttClient } from "mqtt";
import { text } from "#engine";
import type { Session } from "../session.js";
import { type Log, Refusal, type Upstream, type UpstreamEvents } from "../world.js";
import {
  type Broker,
  clientOpen,
  messageFrom,
  publishTo,
  reasonOf,
  subscribeTo,
} from "./broker.js";
import type { Own } from "./own.js";

/** A client's connection. */
interface Slot {
  client: MqttClient;
  isUp: boolean;
  /** A connection is under way, and why the last one failed. */
  isTrying: boolean;
  refusal: Refusal;
  /** It was accepted, and shall stay. */
  isWanted: boolean;
  backoffMs: number;
  timer: NodeJS.Timeout | undefined;
  /** Whom to tell that a message will not be acknowledged. */
  waiting: Set<(isDone: boolean) => void>;
}

const BACKOFF_MS = 1000;
const MAX_BACKOFF_MS = 60000;
/** DISCONNECT waits so long for what is on its way. */
const LINGER_MS = 10000;

export function transparentOpen(
  broker: Broker,
  own: Own,
  events: () => UpstreamEvents,
  log: Log,
): Upstream & { close: () => void } {
  const open = new Set<Slot>();
  let isClosing = false;

  function begin(s: Session, isClean: boolean): void {
    const client = clientOpen(broker, {
      clientId: text(s.clientId),
      clean: isClean,
      username: s.rule?.username,
      password: s.rule?.password,
    });
    const slot: Slot = {
      client,
      isUp: false,
      isTrying: false,
      refusal: Refusal.UNAVAILABLE,
      isWanted: false,
      backoffMs: BACKOFF_MS,
      timer: undefined,
      waiting: new Set(),
    };
    s.slot = slot;
    open.add(slot);
    const isCurrent = () => s.slot === slot;
    client.on("connect", ({ sessionPresent }) => {
      slot.isUp = true;
      slot.isTrying = false;
      slot.isWanted = true;
      slot.backoffMs = BACKOFF_MS;
      if (isCurrent()) events().accepted(s, sessionPresent);
    });
    client.on("error", (error) => {
      const { code } = error as { code?: unknown };
      log.debug({ client: text(s.clientId), reason: reasonOf(error) }, "server connection failed");
      // A number is CONNACK's: 3 is unavailable, the others are about this client.
      if (typeof code !== "number") return;
      slot.refusal = code === 3 ? Refusal.UNAVAILABLE : Refusal.FORBIDDEN;
      client.stream.destroy();
    });
    client.on("close", () => closed(s, slot));
    client.on("message", (topic, payload, packet) => {
      if (isCurrent()) events().message(s, messageFrom(topic, payload, packet));
    });
    dial(slot);
  }

  function dial(slot: Slot): void {
    clearTimeout(slot.timer);
    slot.isTrying = true;
    slot.refusal = Refusal.UNAVAILABLE;
    slot.client.connect();
  }

  function closed(s: Session, slot: Slot): void {
    const { isUp, isTrying } = slot;
    slot.isUp = false;
    slot.isTrying = false;
    if (s.slot !== slot || isClosing) return;
    if (isUp) events().lost(s);
    else if (isTrying) events().refused(s, slot.refusal);
    // Full jitter: the clients of a server that was restarted do not all come at once.
    if (!slot.isWanted || slot.isTrying) return;
    slot.timer = setTimeout(() => dial(slot), Math.random() * slot.backoffMs + 1);
    slot.backoffMs = Math.min(slot.backoffMs * 2, MAX_BACKOFF_MS);
  }

  /** Ends a connection for good; at once, or when all is acknowledged. */
  function end(slot: Slot, isAtOnce: boolean): void {
    const { client, waiting } = slot;
    clearTimeout(slot.timer);
    slot.isWanted = false;
    const over = () => {
      open.delete(slot);
      for (const done of [...waiting]) done(false);
    };
    if (isAtOnce || !slot.isUp) {
      client.end(true);
      over();
      return;
    }
    const timer = setTimeout(() => client.end(true, over), LINGER_MS);
    client.end(false, () => {
      clearTimeout(timer);
      over();
    });
  }

  return {
    connect(s, isClean) {
      const slot = s.slot as Slot | undefined;
      if (slot === undefined || isClean) {
        s.slot = undefined;
        if (slot) end(slot, true);
        begin(s, isClean);
      } else if (slot.isUp) events().accepted(s, true);
      else if (!slot.isTrying) {
        slot.client.options.clean = false;
        dial(slot);
      }
    },
    isUp: (s) => (s.slot as Slot | undefined)?.isUp === true,
    publish(s, message, done) {
      const { client, waiting } = s.slot as Slot;
      const told = (isDone: boolean) => {
        if (waiting.delete(told)) done(isDone);
      };
      waiting.add(told);
      publishTo(client, message, told);
    },
    subscribe: (s, filter, qos, done) => subscribeTo((s.slot as Slot).client, filter, qos, done),
    unsubscribe: (s, filter, done) =>
      void (s.slot as Slot).client.unsubscribe(text(filter), (error) => done(!error)),
    disconnect(s, isForgotten) {
      const slot = s.slot as Slot | undefined;
      if (slot === undefined) return;
      clearTimeout(slot.timer);
      slot.isWanted = false;
      // A connection that was lost keeps what is unacknowledged, for when the client comes back.
      if (!isForgotten && !slot.isUp) return;
      s.slot = undefined;
      end(slot, false);
    },
    publishOwn: own.publish,
    close() {
      isClosing = true;
      for (const slot of [...open]) end(slot, true);
    },
  };
}
