// SPDX-License-Identifier: MIT
// The program of a Bangle.js 2: tells steps and battery, and the heart rate when the sensor is sure of it.
// It is lit only while it looks: as long as it is, it takes most of the current.

import { type Tell, wireStation } from "../espruino/wire-station.js";

const enum Heart {
  /** In percent, as the firmware rates it. */
  SURE = 60,
  LOOK_MS = 40000,
}

const NAME = "ringlet";
let off = 0;

function rest(): void {
  off = 0;
  Bangle.setHRMPower(false, NAME);
}

function measure(tell: Tell): void {
  tell("steps", Bangle.getHealthStatus("day").steps);
  tell("battery", E.getBattery());
  if (off > 0) return;
  Bangle.setHRMPower(true, NAME);
  off = setTimeout(rest, Heart.LOOK_MS);
}

const tell = wireStation(BTN1, (isOn) => Bangle.setLCDPower(isOn), measure);

Bangle.on("HRM", (found: { bpm: number; confidence: number }) => {
  if (off === 0 || found.confidence < Heart.SURE) return;
  clearTimeout(off);
  rest();
  tell("heart-rate", found.bpm);
});
