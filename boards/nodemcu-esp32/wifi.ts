// SPDX-License-Identifier: MIT
// The Wi-Fi station of NodeMCU's ESP32. The firmware joins when it is told to, and does not come back by
// itself: here it is told again after a backoff.

import { networkCame, networkLost, type Network } from "../nodemcu/network.js";

const enum Span {
  MIN_MS = 1000,
  MAX_MS = 60000,
}

let boundMs = Span.MIN_MS;
let isWaiting = false;

/** Full jitter: when an access point comes back, not all of its stations come at once. */
function joinSoon(network: Network): void {
  if (isWaiting) return;
  isWaiting = true;
  tmr.create().alarm(500 + math.random(boundMs), tmr.ALARM_SINGLE, () => {
    isWaiting = false;
    const [isDone, problem] = pcall(wifi.sta.connect);
    if (!isDone) lost(network, problem);
  });
  boundMs = boundMs * 2 < Span.MAX_MS ? boundMs * 2 : Span.MAX_MS;
}

function lost(network: Network, reason: unknown): void {
  networkLost(network, reason);
  joinSoon(network);
}

/** Joins, and joins again. */
export function joinWifi(network: Network, ssid: string, password: string | undefined): void {
  wifi.mode(wifi.STATION);
  wifi.sta.on("start", () => wifi.sta.connect());
  wifi.sta.on("got_ip", () => {
    boundMs = Span.MIN_MS;
    networkCame(network);
  });
  wifi.sta.on("disconnected", (_event, info) => lost(network, info.reason));
  wifi.sta.config({ ssid: ssid, pwd: password });
  wifi.start();
}
