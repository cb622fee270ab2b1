// SPDX-License-Identifier: MIT
// The program of an ESP8266: the station with Wi-Fi. The LED of most modules is D2, and on when it is low.

import { wifiStation } from "../espruino/wifi-station.js";

wifiStation(A0, (isOn) => digitalWrite(D2, !isOn));
