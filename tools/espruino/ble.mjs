// SPDX-License-Identifier: MIT
// Bluetooth of the boards with nRF52: the Nordic UART with the console on it, and one central that a test
// connects. What comes while the console is on the wire is the console's, and no program's; what is written
// while nobody is connected is dropped. Nothing of the radio is simulated but the size of its packets.

/** Octets of one packet, which is one event: an MTU of 53, less 3. */
const PACKET = 50;

/**
 * @param {ReturnType<typeof import("./events.mjs").createEvents>} events
 * @param {any} realm built-in objects of the context
 * @param {(value: unknown) => string} octetsOf
 */
export function createBle(events, realm, octetsOf) {
  const record = (fields) => Object.assign(new realm.Object(), fields);
  /** @type {{ receive: (octets: string) => void } | undefined} */
  let central;
  let isForced = false;
  const state = { console: "Bluetooth", typed: "" };

  const wire = record({
    write: (...data) => central?.receive(data.map(octetsOf).join("")),
  });
  const radio = record({
    getSecurityStatus: () => record({ connected: central !== undefined }),
  });

  /** What changes with the connection moves the console, unless it was put somewhere by force. */
  const move = (device) => {
    if (!isForced) state.console = device;
  };

  return {
    globals: { Bluetooth: wire, NRF: radio },
    setConsole(device, options) {
      isForced = Boolean(options?.force);
      state.console = device;
    },
    /** Where the console is, and what came to it. */
    state,
    /** A central connects; it gets what the program writes. @param {(octets: string) => void} receive */
    connect(receive) {
      central = { receive };
      move("Bluetooth");
      events.emit(radio, "connect", "02:00:00:00:00:03 random");
    },
    disconnect() {
      central = undefined;
      move("Serial1");
      events.emit(radio, "disconnect", 19);
    },
    /** The central sends. @param {string} octets */
    send(octets) {
      for (let at = 0; at < octets.length; at += PACKET) {
        const packet = octets.slice(at, at + PACKET);
        if (state.console === "Bluetooth") state.typed += packet;
        else events.emit(wire, "data", packet);
      }
    },
  };
}
