// SPDX-License-Identifier: MIT
// The wire of boards whose only network is Bluetooth: the Nordic UART, `Bluetooth` to a program. It is the
// console's, and as long as it is the firmware gives a program nothing of it. So the console is taken away
// while a central is connected, but not from who holds the button then: that is how one gets in again.

/** Calls `up` whenever a central has connected and the wire is the program's. */
export function openWire(button: Pin, up: () => void): void {
  function take(): void {
    if (digitalRead(button)) return;
    // By force: the firmware would move it back to the wire.
    E.setConsole(null, { force: true });
    up();
  }
  NRF.on("connect", take);
  NRF.on("disconnect", () => E.setConsole("Bluetooth"));
  // Bangle.js starts its programs anew with each app, and the connection stays.
  if (NRF.getSecurityStatus().connected) take();
}
