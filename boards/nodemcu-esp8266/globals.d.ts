// SPDX-License-Identifier: MIT
// What the firmware for ESP8266 has that the one for ESP32 has not, or otherwise.

/** @noSelf */
declare namespace adc {
  function read(channel: number): number;
}
/** @noSelf */
declare namespace gpio {
  const OUTPUT: number;
  const LOW: number;
  const HIGH: number;
  function mode(pin: number, mode: number): void;
  function write(pin: number, level: number): void;
}
/** @noSelf */
declare namespace wifi {
  const STATION: number;
  function setmode(mode: number): void;
  namespace sta {
    function config(config: object): void;
  }
  namespace eventmon {
    const STA_GOT_IP: number;
    function register(event: number, handler: (this: void) => void): void;
  }
}
