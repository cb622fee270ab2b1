// SPDX-License-Identifier: MIT
// What the example programs of the NodeMCU boards do: a station that tells what it measures under
// `ringlet/<clientId>/…` and listens under `ringlet/<clientId>/set/…`. Whole numbers only: firmware
// built for integers has no others.

import type { Client } from "../../src/client.js";
import type { Config } from "./configuration.js";
import type { Network } from "./network.js";

/** Starts the station; `measure` reads the analog input, `light` switches the LED. */
export function station(
  config: Config,
  network: Network,
  measure: (this: void) => number,
  light: (this: void, on: boolean) => void,
): void {
  const id = config.clientId || "ringlet-" + tostring(node.chipid());
  const base = "ringlet/" + id + "/";
  let seconds = config.interval || 5;
  config.clientId = id;
  config.will = { topic: base + "status", payload: "offline", qos: 1, retain: true };
  const client: Client = require("ringlet").connect(config);
  if (type(client) === "number") {
    print("ringlet.json makes no sense: Status " + tostring(client));
    return;
  }

  function tell(topic: string, payload: string | number, retain: boolean): void {
    const status = client.publish(base + topic, payload, 1, retain);
    if (status < 0) print("Not accepted: " + topic + ", Status " + tostring(status));
  }

  function round(): void {
    tell("adc", measure(), false);
    tell("heap", node.heap(), false);
    tmr.create().alarm(seconds * 1000, tmr.ALARM_SINGLE, round);
  }

  client.on("connect", () => {
    tell("status", "online", true);
    // Who looks at the server sees by it whether the network or the server was away.
    if (network.losses > 0) tell("network-losses", network.losses, true);
  });
  client.on("close", (status: number) =>
    print((network.isUp ? "Connection closed" : "No network") + ": Status " + tostring(status)),
  );
  client.on("error", (reason: unknown) => print("Error: " + tostring(reason)));
  client.subscribe(base + "set/led", 1, (_topic, payload) => {
    light(payload === "on");
    tell("led", payload === "on" ? "on" : "off", true);
  });
  client.subscribe(base + "set/interval", 1, (_topic, payload) => {
    const given = tonumber(payload);
    if (given && given >= 1 && given <= 3600) seconds = given;
    tell("interval", seconds, true);
  });
  round();
}
