// SPDX-License-Identifier: MIT
// The greenhouse on an ESP32 with Espruino, with the whole client: what it says is kept until the server
// has it. Wiring: README.md.

import { connect } from "../../boards/espruino/module.js";
import { greenhouseEsp32 } from "./espruino.js";

greenhouseEsp32(connect, 1);
