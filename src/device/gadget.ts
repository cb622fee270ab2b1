// SPDX-License-Identifier: MIT
// What a gadget wants, on a client's public calls only: it is known to be there or not, it measures in
// rounds and reports each as one message, and it takes commands. Below `ringlet/<clientId>/` are
//
//   status     online; or offline, which is the will. Retained
//   report     {"temperature":21.53,"soil":43,"fault":{"climate":-40}}: quantities, and by its name
//              each part that has none, with its Status. Retained
//   set/…      commands; set/interval, seconds from one round to the next, is every gadget's
//   refused    the name of a command whose payload made no sense, or that was retained
//
// A gadget of a bundle for Espruino or Lua is one: its record becomes variables.

import { isWhole, orUsual, type Payload, type Single, toNumber } from "#engine";
import type { After, Store } from "../../boards/hal.js";
import type { Done, Reading, Sensor } from "../../boards/sensors/sensor.js";
import type { DeviceStatus } from "../../boards/sensors/status.js";
import type { Options } from "../options.js";

/** What a gadget asks of its client; every client of ours has it. */
export interface GadgetClient {
  publish(topic: string, payload: string, qos: any, retain: boolean): number;
  subscribe(
    topicFilter: string,
    qos: any,
    onMessage: (this: void, topic: string, payload: Payload, packet: any) => void,
  ): number;
  on(event: any, handler: (this: void, given?: any) => void): unknown;
}

/** What stands in `ringlet.json`: the options of `connect`, and these. */
export interface GadgetConfig extends Options {
  clientId: string;
  /** Seconds from one round to the next; usually 60. */
  interval?: number;
}

/** What a gadget needs of its board. */
export interface GadgetPort {
  /** Makes the client, or tells a Status. */
  connect: (this: void, options: any) => GadgetClient | number;
  /** The QoS of everything: 1, or 0 with a client that has no more. */
  level: number;
  after: After;
  /** Tells a person who looks. */
  say: (this: void, what: any) => void;
  /** Where settings are kept. */
  store: Store;
}

/** What a gadget does of its own, besides measuring and commands. */
export interface GadgetHooks {
  /** Called in every round: tells states, so that what was refused once is told after all. */
  states: (this: void) => void;
  /** The connection is closed: what must not go on without somebody who can stop it goes off. */
  lost: (this: void) => void;
}

/** What is measured. */
interface DevicePart {
  /** Or the Status that says why there is none. */
  sensor: Sensor | DeviceStatus;
  done: Done;
}

/** A gadget. */
export interface Gadget extends Single {
  client: GadgetClient;
  base: string;
  board: GadgetPort;
  hooks: GadgetHooks;
  seconds: number;
  parts: DevicePart[];
  /** How many digits of a quantity stand behind the point, where there are some. */
  decimals: Record<string, number>;
  /** The round under way: what was measured, what failed, and how many parts are still unknown. */
  measured: string;
  faults: string;
  missing: number;
  isAnnounced: boolean;
}

/** Seconds from one round to the next. */
const enum Interval {
  LEAST = 1,
  MOST = 3600,
  USUAL = 60,
}

/** Where the interval is kept. */
const KEPT = "ringlet-interval";

/** A whole number with a point in front of its last `decimals` digits. */
export function decimal(value: number, decimals: number): string {
  let digits = "" + (value < 0 ? -value : value);
  while (digits.length <= decimals) digits = "0" + digits;
  const at = digits.length - decimals;
  if (decimals > 0) digits = digits.slice(0, at) + "." + digits.slice(at);
  return value < 0 ? "-" + digits : digits;
}

/** Publishes below the gadget's topics. Returns whether that was accepted, and says what was not. */
export function gadgetTell(g: Gadget, topic: string, payload: string, retain: boolean): boolean {
  const status = g.client.publish(g.base + topic, payload, g.board.level, retain);
  if (status < 0) g.board.say("Not accepted: " + topic + ", Status " + status);
  return status >= 0;
}

function announce(g: Gadget): void {
  g.isAnnounced = gadgetTell(g, "status", "online", true);
}

/** Adds to what this round reports as failed. */
export function gadgetFault(g: Gadget, name: string, status: number): void {
  g.faults += ',"' + name + '":' + status;
}

/** One part more is known. When all are, they are told, and the next round is planned. */
function took(g: Gadget, name: string, status: DeviceStatus, reading: Reading | undefined): void {
  if (reading) {
    for (const key in reading) {
      g.measured += ',"' + key + '":' + decimal(reading[key]!, orUsual(g.decimals[key], 0));
    }
  } else gadgetFault(g, name, status);
  g.missing -= 1;
  if (g.missing < 1) {
    if (!g.isAnnounced) announce(g);
    g.hooks.states();
    if (g.faults !== "") g.measured += ',"fault":{' + g.faults.slice(1) + "}";
    gadgetTell(g, "report", "{" + g.measured.slice(1) + "}", true);
    g.measured = "";
    g.faults = "";
    g.board.after(measureAll, g.seconds * 1000, g);
  }
}

/** Begins a round, and with it all that follow. There is a part at least. */
function measureAll(g: Gadget): void {
  g.missing = g.parts.length;
  for (const part of g.parts) {
    if (typeof part.sensor === "number") part.done(part.sensor);
    else part.sensor.read(part.done);
  }
}

/** Adds a part that is measured, or the Status that says why it cannot be. */
export function gadgetAdd(g: Gadget, name: string, sensor: Sensor | DeviceStatus): void {
  g.parts.push({
    sensor: sensor,
    done: (status, reading) => took(g, name, status, reading),
  });
}

/**
 * Takes a command: `act` returns whether its payload made sense. One that the server kept is not meant
 * for now, and is refused.
 */
export function gadgetCommand(
  g: Gadget,
  name: string,
  act: (this: void, payload: string) => boolean,
): void {
  g.client.subscribe(g.base + "set/" + name, g.board.level, (_topic, payload, packet) => {
    if ((packet && packet.retain) || !act(payload as string)) {
      gadgetTell(g, "refused", name, false);
    }
  });
}

/** Whether that is an interval; then it is the gadget's from the next round on. */
function isTaken(g: Gadget, payload: string | undefined): boolean {
  const given = toNumber(payload as string);
  const isGood = isWhole(given, Interval.LEAST) && given <= Interval.MOST;
  if (isGood) g.seconds = given;
  return isGood;
}

/** The interval, also after a reboot, unless there is no room to keep it. */
function changeInterval(g: Gadget, payload: string): boolean {
  if (!isTaken(g, payload)) return false;
  const status = g.board.store.write(KEPT, payload);
  if (status < 0) gadgetFault(g, "store", status);
  return gadgetTell(g, "interval", payload, true);
}

/**
 * Makes a gadget with a client; where the options make no sense it says so. `begin` adds what is
 * measured and the commands, and returns what else it does.
 */
export function gadgetOpen(
  config: GadgetConfig,
  board: GadgetPort,
  decimals: Record<string, number>,
  begin: (this: void, g: Gadget) => GadgetHooks,
): void {
  const base = "ringlet/" + config.clientId + "/";
  config.will = { topic: base + "status", payload: "offline", qos: board.level, retain: true };
  const client = board.connect(config);
  if (typeof client === "number") {
    board.say("ringlet.json makes no sense: Status " + client);
    return;
  }
  const g: Gadget = {
    client: client,
    base: base,
    board: board,
    hooks: {} as GadgetHooks,
    seconds: orUsual(config.interval, Interval.USUAL),
    parts: [],
    decimals: decimals,
    measured: "",
    faults: "",
    missing: 0,
    isAnnounced: false,
  };
  client.on("connect", () => {
    if (!g.isAnnounced) announce(g);
  });
  client.on("close", (status) => {
    g.isAnnounced = false;
    g.hooks.lost();
    board.say("Connection closed: Status " + status);
  });
  client.on("error", board.say);
  isTaken(g, board.store.read(KEPT));
  gadgetCommand(g, "interval", (payload) => changeInterval(g, payload));
  g.hooks = begin(g);
  measureAll(g);
}
