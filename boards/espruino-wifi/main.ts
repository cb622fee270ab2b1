// SPDX-License-Identifier: MIT
// The program of an Espruino WiFi: the station with Wi-Fi, on its red LED.

import { wifiStation } from "../espruino/wifi-station.js";

wifiStation(A0, (isOn) => digitalWrite(LED1, isOn));
