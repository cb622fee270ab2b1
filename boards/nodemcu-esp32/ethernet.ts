// SPDX-License-Identifier: MIT
// `require("ringlet-ethernet")` on NodeMCU's ESP32: Ethernet through the chip's own controller and a PHY such
// as the LAN8720 of WT32-ETH01 and Olimex boards; the firmware has no driver for a W5500. The firmware comes
// back by itself when the cable does.

import { networkCame, networkLost, networkOpen, type Network } from "../nodemcu/network.js";
import { guarded } from "../nodemcu/ports/after.js";

/**
 * Starts it with the firmware's own options (`{ phy = eth.PHY_LAN8720, addr = 1, mdc = 23, mdio = 18 }`) and
 * calls `up` when there is an address for the first time. nil, and told, where the firmware refuses them.
 */
export function open(options: object, up: (this: void) => void): Network | undefined {
  const network = networkOpen(up);
  const [isDone, problem] = pcall(eth.init, options);
  if (!isDone) {
    print("No Ethernet: " + tostring(problem));
    return undefined;
  }
  eth.on("got_ip", () => guarded(networkCame, network));
  eth.on("disconnected", () => guarded(networkLost, network, "no cable"));
  return network;
}
