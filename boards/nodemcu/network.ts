// SPDX-License-Identifier: MIT
// What a program on NodeMCU sees of the network below its client: whether it is up, and how often it was
// lost; what happens is printed. A client can only tell that its server is out of reach.

/** One network. */
export interface Network {
  isUp: boolean;
  losses: number;
  /** Called when it is up for the first time. */
  up: ((this: void) => void) | undefined;
}

export function networkOpen(up: (this: void) => void): Network {
  return { isUp: false, losses: 0, up: up };
}

/** There is an address. */
export function networkCame(network: Network): void {
  const up = network.up;
  network.isUp = true;
  network.up = undefined;
  print("Network joined.");
  if (up) up();
}

/** It is gone, or could not be joined; `reason` is the firmware's. */
export function networkLost(network: Network, reason: unknown): void {
  if (network.isUp) network.losses += 1;
  network.isUp = false;
  print("Network lost: " + tostring(reason));
}
