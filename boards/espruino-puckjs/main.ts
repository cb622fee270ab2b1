// SPDX-License-Identifier: MIT
// The program of a Puck.js: tells temperature and battery every minute, and each press of its button. Its
// LEDs are red, green and blue: the command switches the green one.

import { wireStation } from "../espruino/wire-station.js";

let presses = 0;

const tell = wireStation(
  BTN1,
  (isOn) => digitalWrite(LED2, isOn),
  (tellNow) => {
    tellNow("temperature", E.getTemperature().toFixed(1));
    tellNow("battery", E.getBattery());
  },
);

setWatch(() => tell("button", ++presses), BTN1, { repeat: true, edge: "rising", debounce: 50 });
