// SPDX-License-Identifier: MIT
// What the firmware for ESP32 has that the one for ESP8266 has not, or otherwise.

/** @noSelf */
declare namespace adc {
  const ADC1: number;
  const ATTEN_11db: number;
  function setwidth(unit: number, bits: number): void;
  function setup(unit: number, channel: number, attenuation: number): void;
  const read: (this: void, unit: number, channel: number) => number;
}
/** @noSelf */
declare namespace i2c {
  const SW: number;
}
/** @noSelf */
declare namespace gpio {
  const OUT: number;
  const INTR_UP_DOWN: number;
  function trig(
    pin: number,
    edge: number,
    handler: (this: void, pin: number, level: number) => void,
  ): void;
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
/** @noSelf */
declare namespace node {
  function uptime(): LuaMultiReturn<[number, number]>;
}
