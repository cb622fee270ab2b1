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
  const IN: number;
  const OUT: number;
  const PULL_DOWN: number;
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
    const connect: (this: void) => void;
    function on(
      event: string,
      handler: (this: void, event: string, info: { reason: number }) => void,
    ): void;
  }
}
/** @noSelf */
declare namespace node {
  function uptime(): LuaMultiReturn<[number, number]>;
}
/** @noSelf */
declare namespace uart {
  const PARITY_NONE: number;
  const STOPBITS_1: number;
  function setup(
    id: number,
    baud: number,
    bits: number,
    parity: number,
    stop: number,
    pins: object,
  ): void;
  function start(id: number): void;
  const write: (this: void, id: number, octets: string) => void;
  function on(
    id: number,
    event: string,
    count: number,
    handler: (this: void, octets: string) => void,
    isForLua: number,
  ): void;
}
/** A chip on a bus that `spi.master` made. */
interface NodemcuSpiDevice {
  transfer(octets: string): string;
}
/** @noSelf */
declare namespace ledc {
  const TIMER_10_BIT: number;
  const HIGH_SPEED: number;
  const TIMER_0: number;
  function newChannel(config: object): { setduty(duty: number): void };
}
/** @noSelf */
declare namespace eth {
  function init(config: object): void;
  function on(event: string, handler: (this: void) => void): void;
}
