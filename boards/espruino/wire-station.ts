// SPDX-License-Identifier: MIT
// What the example programs of the boards with nothing but Bluetooth do: a station that tells what it
// measures under `ringlet/<clientId>/…` through a gateway for MQTT-SN at the other end of the wire. What is
// told while there is none waits.

import type { SnClient, SnOptions } from "../../src/sn/client.js";
import { connect } from "./sn.js";
import { openWire } from "./wire.js";

/** What may stand in Storage as `ringlet.json`. */
interface Config extends SnOptions {
  /** Seconds between two rounds of readings. */
  interval?: number;
}

/** Tells a value under its name. */
export type Tell = (name: string, value: number | string, retain?: boolean) => void;

/** Starts it; `measure` tells a round of readings, `light` switches the LED. */
export function wireStation(
  button: Pin,
  light: (isOn: boolean) => void,
  measure: (tell: Tell) => void,
): Tell {
  const config: Config = require("Storage").readJSON("ringlet.json", true) || {};
  const id = config.clientId || "ringlet-" + getSerial().slice(-6);
  const base = "ringlet/" + id + "/";
  let seconds = config.interval || 60;
  let client: SnClient | undefined;

  function tell(name: string, value: number | string, retain?: boolean): void {
    if (client) {
      const status = client.publish(base + name, "" + value, 1, retain);
      if (status < 0) print("Not accepted: " + name + ", Status " + status);
    }
  }

  function round(): void {
    measure(tell);
    setTimeout(round, seconds * 1000);
  }

  /** The first central has come; for those after it the client looks by itself. */
  function up(): void {
    if (client) return;
    config.clientId = id;
    config.stream = Bluetooth;
    // Who reconnects over Bluetooth is not one of a thousand: soon.
    config.reconnect = config.reconnect || { min: 1000, max: 8000 };
    config.will = { topic: base + "status", payload: "offline", qos: 1, retain: true };
    const made = connect(config);
    if (typeof made === "number") {
      print("ringlet.json makes no sense: Status " + made);
      return;
    }
    client = made;
    client.on("connect", () => tell("status", "online", true));
    client.on("error", (error: unknown) => print("Error: " + error));
    client.subscribe(base + "set/led", 1, (_topic, payload) => {
      light(payload === "on");
      tell("led", payload === "on" ? "on" : "off", true);
    });
    client.subscribe(base + "set/interval", 1, (_topic, payload) => {
      const given = parseFloat(payload as string);
      if (given >= 1 && given <= 3600) seconds = given;
      tell("interval", seconds, true);
    });
    round();
  }

  openWire(button, up);
  return tell;
}
