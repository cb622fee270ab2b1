// SPDX-License-Identifier: MIT
// What the example programs of the Espruino boards do: a station that tells what it measures under
// `ringlet/<clientId>/…` and listens under `ringlet/<clientId>/set/…`.

import type { Client } from "../../src/client.js";
import type { Options } from "../../src/options.js";
import type { Network } from "./wifi.js";

/** Switches the LED. */
export type Light = (isOn: boolean) => void;

/** What stands in Storage as `ringlet.json`. */
export interface Config extends Options {
  /** Seconds between two rounds of readings. */
  interval?: number;
}

/** Starts the station; `load` is the analog pin it reads, `network` what it is on, where that can be lost. */
export function station(
  connect: (options: Options) => Client | number,
  config: Config,
  load: Pin,
  light: Light,
  network?: Network,
): void {
  const id = config.clientId || "ringlet-" + getSerial().slice(-6);
  const base = "ringlet/" + id + "/";
  let seconds = config.interval || 5;
  config.clientId = id;
  config.will = { topic: base + "status", payload: "offline", qos: 1, retain: true };
  const client = connect(config) as Client;
  if (typeof client === "number") {
    print("ringlet.json makes no sense: Status " + client);
    return;
  }

  const tell = (topic: string, payload: string, retain?: boolean): void => {
    const status = client.publish(base + topic, payload, 1, retain);
    if (status < 0) print("Not accepted: " + topic + ", Status " + status);
  };

  function measure(): void {
    const memory = process.memory();
    const temperature = E.getTemperature();
    // A chip, or a machine, without a sensor has no number here.
    if (temperature > -273) tell("temperature", temperature.toFixed(1));
    tell("load", analogRead(load).toFixed(3));
    tell("memory", ((memory.usage / memory.total) * 100).toFixed(1));
    setTimeout(measure, seconds * 1000);
  }

  client.on("connect", () => {
    tell("status", "online", true);
    // Who looks at the server sees by it whether the network or the server was away.
    if (network && network.losses > 0) tell("wifi-losses", "" + network.losses, true);
  });
  client.on("close", (status: number) =>
    print((network && !network.isUp ? "No Wi-Fi: Status " : "Connection closed: Status ") + status),
  );
  client.on("error", (error: unknown) => print("Error: " + error));
  client.subscribe(base + "set/led", 1, (_topic, payload) => {
    const on = payload === "on";
    light(on);
    tell("led", on ? "on" : "off", true);
  });
  client.subscribe(base + "set/interval", 1, (_topic, payload) => {
    const given = parseFloat(payload as string);
    if (given >= 0.1 && given <= 3600) seconds = given;
    tell("interval", "" + seconds, true);
  });
  measure();
}
