// SPDX-License-Identifier: MIT
// The greenhouse on an ESP32 with Espruino, with the lean client, which keeps nothing: a report that a
// broken connection took is lost, and the next one comes. It cannot tell a command that the server kept.

import { connect } from "../../boards/espruino/lean.js";
import { greenhouseEsp32 } from "./espruino.js";

greenhouseEsp32(connect, 0);
