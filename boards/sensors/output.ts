// SPDX-License-Identifier: MIT
// A relay, a pump, a lamp, a dimmed light: something that is switched and must not stay on by mistake. It
// goes off by itself after `maxOn` seconds, and when nobody said `alive` for `maxSilence` seconds. Seconds
// are counted while it is on, and may be cut short by one: never the other way.

import type { After } from "../hal.js";
import { usual } from "./sensor.js";

/** No quantity: an output measures nothing. */
export const meta = {};

export interface OutputOptions {
  /** What is written for wholly on: 1 (usual) for a pin, 65535 for one with pulse-width modulation. */
  top?: number;
  /** Whether what is switched is on when the pin is low. */
  isInverted?: boolean;
  /** The longest time it is on, in seconds, also where it is switched on again meanwhile. */
  maxOn?: number;
  /** The longest time without `alive`, in seconds. */
  maxSilence?: number;
  /** Called when it went off by itself. */
  expired?: (this: void) => void;
}

/** A pin, with pulse-width modulation or without. */
export interface OutputPin {
  write: (this: void, level: number) => void;
  after: After;
}

/** An output. */
export interface Output {
  /** Switches to a level from 0 (off) to `top`; what is beyond is cut. Returns the level. */
  set(level: number): number;
  /** The level it has. */
  level(): number;
  /** Somebody is there: a program says so for each message, or while it is connected. */
  alive(): void;
}

interface OutputState {
  pin: OutputPin;
  given: OutputOptions;
  top: number;
  setTo: number;
  /** Seconds it may still be on, and may still hear nothing. */
  left: number;
  patience: number;
  isTicking: boolean;
}

/** Where nothing is asked for. */
const enum Time {
  EVER = 1000000000,
  TICK_MS = 1000,
}

function apply(state: OutputState, level: number): void {
  state.setTo = level;
  state.pin.write(state.given.isInverted ? state.top - level : level);
}

/** A second has passed, or what is left of one that began before. */
function tick(state: OutputState): void {
  state.isTicking = false;
  if (state.setTo < 1) return;
  state.left -= 1;
  state.patience -= 1;
  if (state.left > 0 && state.patience > 0) wait(state);
  else {
    apply(state, 0);
    const expired = state.given.expired;
    if (expired) expired();
  }
}

function wait(state: OutputState): void {
  if (!state.isTicking) {
    state.isTicking = true;
    state.pin.after(tick, Time.TICK_MS, state);
  }
}

function listen(state: OutputState): void {
  state.patience = usual(state.given.maxSilence, Time.EVER);
}

function change(state: OutputState, level: number): number {
  const wanted = level > state.top ? state.top : level > 0 ? level : 0;
  if (wanted > 0 && state.setTo < 1) {
    state.left = usual(state.given.maxOn, Time.EVER);
    listen(state);
    wait(state);
  }
  apply(state, wanted);
  return wanted;
}

/** The output is off from here on, whatever the pin was before. */
export function create(pin: OutputPin, options?: OutputOptions): Output {
  const given: OutputOptions = options || {};
  const state: OutputState = {
    pin: pin,
    given: given,
    top: usual(given.top, 1),
    setTo: 0,
    left: 0,
    patience: 0,
    isTicking: false,
  };
  apply(state, 0);
  return {
    set: (level) => change(state, level),
    level: () => state.setTo,
    alive: () => listen(state),
  };
}
