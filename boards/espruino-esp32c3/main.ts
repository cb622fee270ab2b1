// SPDX-License-Identifier: MIT
// The program of an ESP32-C3: the station with Wi-Fi. The LED of most modules is D8, and on when it is low.

import { wifiStation } from "../espruino/wifi-station.js";

wifiStation(D0, (isOn) => digitalWrite(D8, !isOn));
