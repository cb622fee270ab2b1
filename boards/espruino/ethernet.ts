// SPDX-License-Identifier: MIT
// `require("ringlet-ethernet")` on Espruino's boards with WIZnet in their firmware: Ethernet with a W5500. The
// firmware waits for the cable while it starts, and for an address while it asks for one; it tells
// nothing when the cable is gone, so it is asked.

import type { Network } from "./wifi.js";

const enum Span {
  LOOK_MS = 5000,
}

/** The chip's options: its bus, which was set up, and its select pin; without them the firmware's own. */
interface Given {
  spi?: SPI;
  select?: Pin;
  /** A fixed address, as the firmware takes it; otherwise DHCP. */
  address?: object;
}

/** Starts it; `up` is called when there is an address for the first time. undefined, and told, where there is no chip. */
export function open(given: Given, up: () => void): Network | undefined {
  const network: Network = { isUp: false, losses: 0 };
  let ethernet: any;
  let isStarted = false;

  function lost(reason: unknown): void {
    if (network.isUp) network.losses++;
    network.isUp = false;
    print("Ethernet lost: " + reason);
  }

  /** Whether the cable is in; and an address when it has come, or did not. */
  function look(): void {
    const status = ethernet.getStatus();
    const isIn = !status || status.phylink !== "down";
    if (network.isUp && !isIn) lost("no cable");
    if (!network.isUp && isIn) {
      // Throws where the firmware has given the network up.
      try {
        network.isUp = ethernet.setIP(given.address);
      } catch (error) {
        lost(error);
      }
      if (network.isUp) {
        print("Ethernet joined.");
        if (!isStarted) {
          isStarted = true;
          up();
        }
      } else print("Ethernet: no address.");
    }
    setTimeout(look, Span.LOOK_MS);
  }

  try {
    ethernet = require("WIZnet").connect(given.spi, given.select);
  } catch (error) {
    print("No Ethernet: " + error);
  }
  if (!ethernet) return undefined;
  // Not from inside: whoever calls has to have what is returned first.
  setTimeout(look, 0);
  return network;
}
