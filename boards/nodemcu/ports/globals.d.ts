// SPDX-License-Identifier: MIT
// What NodeMCU's firmware offers and only the ports of drivers use: fields of other bundles may be called
// otherwise than these.

/** @noSelf */
declare namespace file {
  const putcontents: (this: void, name: string, octets: string) => boolean | undefined;
  const remove: (this: void, name: string) => void;
}
/** @noSelf */
declare namespace i2c {
  const TRANSMITTER: number;
  const RECEIVER: number;
  const SLOW: number;
  function setup(id: number, sda: number, scl: number, speed: number): number;
  function start(id: number): void;
  function stop(id: number): void;
  function address(id: number, address: number, direction: number): boolean;
  function write(id: number, octets: string): number;
  function read(id: number, count: number): string;
}
/** @noSelf */
declare namespace ow {
  function setup(pin: number): void;
  function reset(pin: number): number;
  function write_bytes(pin: number, octets: string, power: number): void;
  function read_bytes(pin: number, count: number): string;
  function reset_search(pin: number): void;
  function search(pin: number): string | undefined;
}
type NodemcuDht = (
  this: void,
  pin: number,
) => LuaMultiReturn<[number, number, number, number, number]>;
declare const dht: {
  OK: number;
  ERROR_CHECKSUM: number;
  read11: NodemcuDht;
  readxx: NodemcuDht | undefined;
  read2x: NodemcuDht;
};
/** @noSelf */
declare namespace gpio {
  function read(pin: number): number;
}
