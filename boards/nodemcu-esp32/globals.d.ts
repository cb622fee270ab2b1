// SPDX-License-Identifier: MIT
// What the firmware for ESP32 has that the one for ESP8266 has not, or otherwise.

/** @noSelf */
declare namespace adc {
  const ADC1: number;
  const ATTEN_11db: number;
  function setwidth(unit: number, bits: number): void;
  function setup(unit: number, channel: number, attenuation: number): void;
  function read(unit: number, channel: number): number;
}
/** @noSelf */
declare namespace gpio {
  const OUT: number;
  function config(config: object): void;
  function write(pin: number, level: number): void;
}
/** @noSelf */
declare namespace wifi {
  const STATION: number;
  function mode(mode: number): void;
  function start(): void;
  namespace sta {
    function config(config: object): void;
    function on(event: string, handler: (this: void) => void): void;
  }
}
