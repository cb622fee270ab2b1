// SPDX-License-Identifier: MIT
// What the firmware for ESP8266 has that the one for ESP32 has not, or otherwise.

/** @noSelf */
declare namespace adc {
  function read(channel: number): number;
}
/** @noSelf */
declare namespace gpio {
  const INPUT: number;
  const OUTPUT: number;
  const LOW: number;
  const HIGH: number;
  const INT: number;
  function mode(pin: number, mode: number, pull?: number): void;
  function trig(
    pin: number,
    edge: string,
    handler: (this: void, level: number, when: number) => void,
  ): void;
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
    const STA_DISCONNECTED: number;
    function register(event: number, handler: (this: void, told: { reason: number }) => void): void;
  }
}
/** @noSelf */
declare namespace pwm {
  function setup(pin: number, frequency: number, duty: number): void;
  function start(pin: number): void;
  function setduty(pin: number, duty: number): void;
}
/** @noSelf */
declare namespace uart {
  function write(id: number, octets: string): void;
  function on(
    event: string,
    count: number,
    handler: (this: void, octets: string) => void,
    isForLua: number,
  ): void;
}
/** @noSelf */
declare namespace spi {
  function send(id: number, octets: string): LuaMultiReturn<[number, string | undefined]>;
}
