// SPDX-License-Identifier: MIT
// A node that sleeps: it wakes up, measures while the network comes, tells one report with QoS 1, and is
// asleep again one round trip after TCP is up: CONNECT and PUBLISH go in one segment, and what answers them
// is all it waits for. Deep sleep loses RAM: each time the program begins anew.

import type { I2cBus } from "../../boards/hal.js";
import { create as createBme280 } from "../../boards/sensors/bme280.js";
import type { Reading } from "../../boards/sensors/sensor.js";
import { DeviceStatus } from "../../boards/sensors/status.js";
import { decimal, type GadgetConfig } from "../../src/device/gadget.js";
import type { Client } from "../../src/client.js";

/** What stands in `ringlet.json` besides: `interval` is how long it sleeps. */
export type SleeperConfig = GadgetConfig;

/** What it needs of its board. */
export interface SleeperPort {
  connect: (this: void, options: any) => Client | number;
  /** Sleeps for so many seconds. Does not return. */
  sleep: (this: void, seconds: number) => void;
  say: (this: void, what: any) => void;
}

const enum Limit {
  /** So long it waits for its report to be acknowledged. */
  DRAIN_MS = 10000,
  USUAL = 600,
}

/** The report. What failed is told, too. */
function reportOf(status: DeviceStatus, reading: Reading | undefined): string {
  if (!reading) return '{"fault":{"climate":' + status + "}}";
  return (
    '{"temperature":' +
    decimal(reading["temperature"]!, 2) +
    ',"humidity":' +
    decimal(reading["humidity"]!, 2) +
    ',"pressure":' +
    reading["pressure"]! +
    "}"
  );
}

/** Measures, and returns what to call when the network is there: whichever is later sends the report. */
export function sleeper(
  config: SleeperConfig,
  board: SleeperPort,
  bus: I2cBus | undefined,
): (this: void) => void {
  let report = "";
  let isUp = false;

  const sendReport = (): void => {
    if (!isUp || report === "") return;
    config.eager = true;
    const client = board.connect(config) as Client;
    const seconds = config.interval || Limit.USUAL;
    if (typeof client === "number") {
      board.say("ringlet.json makes no sense: Status " + client);
      board.sleep(seconds);
      return;
    }
    client.publish("ringlet/" + config.clientId + "/report", report, 1, true);
    client.drain(Limit.DRAIN_MS, (status) => {
      if (status < 0) board.say("The report did not arrive: Status " + status);
      board.sleep(seconds);
    });
  };

  const measured = (status: DeviceStatus, reading?: Reading): void => {
    report = reportOf(status, reading);
    sendReport();
  };

  if (bus) createBme280(bus).read(measured);
  else measured(DeviceStatus.NO_PORT);
  return () => {
    isUp = true;
    sendReport();
  };
}
