// SPDX-License-Identifier: MIT
// Puts a gateway together: the core, its links, the server's side, health; and takes it apart again.

import { gatewayOpen, type Core } from "./gateway.js";
import type { Config } from "./config.js";
import { type Health, healthOf } from "./health.js";
import type { OpenLink } from "./links/link.js";
import { linkOpen } from "./links/open.js";
import { rulesOpen } from "./rules.js";
import type { Settings } from "./settings.js";
import { utf8 } from "#engine";
import { type Own, ownOpen } from "./upstream/own.js";
import { aggregatingOpen } from "./upstream/aggregating.js";
import { transparentOpen } from "./upstream/transparent.js";
import { isConnected, type Session } from "./session.js";
import { storeOpen } from "./store.js";
import type { Clock, Log, Upstream } from "./world.js";

/** A gateway that runs. */
export interface Running {
  /** Ports that links listen at, by the links' names. */
  ports: Record<string, number>;
  /** What is published as health. */
  health: () => Health;
  close: () => Promise<void>;
}

/** What has changed is saved so often. */
const SAVE_SECONDS = 1;
/** What is on its way to the server has so long at the end, and is looked at so often. */
const SETTLE_MS = 2000;
const LOOK_MS = 20;
/** Between two connections to the server after a start. */
const RECONNECT_MS = 2;

export const clock: Clock = {
  now: () => performance.now(),
  after: (step, ms, given) => setTimeout(step, ms, given),
  stop: (timer) => clearTimeout(timer as NodeJS.Timeout),
  chance: Math.random,
};

export function settingsOf(config: Config): Settings {
  const { gatewayId, limits, queue, retries, sessionSeconds, qosMinusOne } = config;
  return { gatewayId, limits, queue, times: { retries, sessionSeconds }, qosMinusOne };
}

/** Opens everything, or nothing: what cannot be opened is an error. */
export async function gatewayRun(config: Config, log: Log): Promise<Running> {
  const { broker, name, health } = config;
  const isAggregating = config.mode === "aggregating";
  const own = ownOpen({
    broker,
    clientId: name,
    isClean: !isAggregating || config.state === undefined,
    statusTopic: health && `${health.topic}/status`,
    log,
  });
  const events = () => core.events;
  const upstream = isAggregating
    ? aggregatingOpen(own, events, clock)
    : transparentOpen(broker, own, events, log);
  const core: Core = gatewayOpen({
    settings: settingsOf(config),
    rules: rulesOpen(config.rules, config.onlyListed),
    predefined: config.predefined,
    clock,
    log,
    upstream,
  });
  const store = config.state === undefined ? undefined : storeOpen(config.state);
  const links: OpenLink[] = [];
  const close = async () => {
    links.forEach((link) => link.close());
    timers.forEach(clearInterval);
    await settled(core);
    core.close();
    await store?.save(core.g);
    upstream.close();
    await own.close();
  };
  const timers: NodeJS.Timeout[] = [];
  const ports: Record<string, number> = {};
  try {
    for (const options of config.links) {
      const link = await linkOpen(options, core, log);
      links.push(link);
      if (link.port !== undefined) ports[options.name] = link.port;
      log.info({ link: options.name, port: link.port }, "link opened");
    }
  } catch (error) {
    await close();
    throw error;
  }
  if (store) {
    reconnect(core, upstream, store.load(core.g));
    every(SAVE_SECONDS, () => void store.save(core.g));
  }
  core.advertise(config.advertiseSeconds);
  every(config.advertiseSeconds, () => core.advertise(config.advertiseSeconds));
  if (health) {
    every(health.everySeconds, () => publishHealth(core, own, health.topic));
    publishHealth(core, own, health.topic);
  }
  return { ports, health: () => healthOf(core.g, own.isUp()), close };

  function every(seconds: number, step: () => void): void {
    timers.push(setInterval(step, seconds * 1000));
  }
}

/** Waits until the server has acknowledged what is on its way; else QoS 2 could come twice after a restart. */
async function settled({ g }: Core): Promise<void> {
  const isSettled = () => [...g.sessions.values()].every(({ pending }) => pending < 1);
  for (let waited = 0; waited < SETTLE_MS && !isSettled(); waited += LOOK_MS) {
    await new Promise((done) => setTimeout(done, LOOK_MS));
  }
}

/** Sessions that were connected get their connections to the server back, not all at once. */
function reconnect({ g }: Core, upstream: Upstream, restored: Session[]): void {
  restored.filter(isConnected).forEach((s, i) => {
    g.clock.after(
      () => {
        // It may have come by itself meanwhile, or be gone.
        if (isConnected(s) && !upstream.isUp(s)) upstream.connect(s, s.isClean);
      },
      i * RECONNECT_MS,
      undefined,
    );
  });
  if (restored.length > 0) g.log.info({ sessions: restored.length }, "sessions restored");
}

function publishHealth({ g }: Core, own: Own, topic: string): void {
  const payload = JSON.stringify(healthOf(g, own.isUp()));
  own.publish({ topic: utf8(`${topic}/health`), payload: utf8(payload), qos: 0, retain: false });
}
