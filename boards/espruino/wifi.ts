// SPDX-License-Identifier: MIT
// The Wi-Fi station of Espruino's boards, with a backoff of its own. The firmwares do not come back by
// themselves: that of ESP32 tries twice, that of Espruino WiFi and ESP8266 as long as their modem likes;
// and one failure may be told by an event, by a callback, by both, or not at all.

/** What a program sees of its network. */
export interface Network {
  isUp: boolean;
  /** How often it was lost. */
  losses: number;
}

const enum Span {
  MIN_MS = 1000,
  MAX_MS = 60000,
  /** So long joining may take; Espruino WiFi itself gives up after 20 s. */
  JOIN_MS = 30000,
}

/**
 * Joins, and joins again; `up` is called when there is a network for the first time. What happens is
 * printed: a client behind it can only tell that its server is out of reach.
 */
export function joinWifi(ssid: string, password: string | undefined, up: () => void): Network {
  const wifi = require("Wifi");
  const network: Network = { isUp: false, losses: 0 };
  let boundMs = Span.MIN_MS;
  let isJoining = false;
  let isStarted = false;
  let timer = 0;

  /** Never a timer that is gone: the firmware uses numbers again, and that may be somebody else's. */
  function calm(): void {
    clearTimeout(timer);
    timer = 0;
  }

  function lost(reason: unknown): void {
    if (network.isUp) network.losses++;
    else if (!isJoining) return;
    network.isUp = isJoining = false;
    calm();
    // Full jitter: when an access point comes back, not all of its stations come at once.
    const ms = ((E.hwRand() >>> 1) % boundMs) + 500;
    boundMs = Math.min(boundMs * 2, Span.MAX_MS);
    print("Wi-Fi lost: " + reason + ". Joining again in " + ms + " ms.");
    timer = setTimeout(join, ms);
  }

  function came(): void {
    if (network.isUp) return;
    network.isUp = true;
    isJoining = false;
    calm();
    boundMs = Span.MIN_MS;
    print("Wi-Fi joined.");
    if (!isStarted) {
      isStarted = true;
      up();
    }
  }

  function join(): void {
    isJoining = true;
    timer = setTimeout(lost, Span.JOIN_MS, "no answer");
    try {
      wifi.connect(ssid, { password: password }, (error: unknown) =>
        error ? lost(error) : came(),
      );
    } catch (error) {
      lost(error);
    }
  }

  wifi.on("disconnected", (told: { msg?: string } | undefined) => lost((told && told.msg) || "?"));
  // A firmware that came back by itself.
  wifi.on("connected", came);
  join();
  return network;
}
