// SPDX-License-Identifier: MIT
// The program of an ESP32 board: joins the Wi-Fi, tells temperature, load and memory with QoS 1, and
// takes two commands. The LED of most modules is D2.

import { wifiStation } from "../espruino/wifi-station.js";

wifiStation(D36, (isOn) => digitalWrite(D2, isOn));
