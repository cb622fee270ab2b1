// SPDX-License-Identifier: MIT
// The wearable on a Bangle.js 2: its own sensors, over MQTT-SN on its Bluetooth. The heart rate sensor is
// lit only for a while in each round, and counts when the firmware is sure of it.

import { connect } from "../../boards/espruino/sn.js";
import { boardWith, onWire, readConfig } from "../espruino.js";
import { known, wearable } from "./wearable.js";

const enum Heart {
  /** In percent, as the firmware rates it. */
  SURE = 60,
  LOOK_MS = 40000,
}

const config = readConfig();
/** What was found since the last round; below 0 is nothing. */
let pulse = -1;
let isLit = false;

function lit(isOn: boolean): void {
  isLit = isOn;
  Bangle.setHRMPower(isOn, "ringlet");
}

/** What the last look found; and the next one begins. */
function takePulse(): number {
  const found = pulse;
  pulse = -1;
  if (!isLit) {
    lit(true);
    setTimeout(() => lit(false), Heart.LOOK_MS);
  }
  return found;
}

Bangle.on("HRM", (found) => {
  if (found.confidence >= Heart.SURE) pulse = found.bpm;
});

onWire(config, BTN1, () =>
  wearable(config, boardWith(connect, 1), {
    heart: known("pulse", takePulse),
    feet: known("steps", () => Bangle.getHealthStatus("day").steps),
    cell: known("battery", () => E.getBattery()),
  }),
);
