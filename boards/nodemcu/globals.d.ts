// SPDX-License-Identifier: MIT
// What NodeMCU's firmware offers and the adapters use.

/** @noSelf */
declare namespace net {
  const TCP: number;
  function createConnection(kind?: number, secure?: number): NodemcuSocket;
  function createUDPSocket(): NodemcuUdpSocket;
}
/** A socket for datagrams; sends to IP addresses only. */
interface NodemcuUdpSocket {
  listen(port?: number): void;
  on(
    event: "receive",
    handler: (this: void, socket: unknown, octets: string, port: number, host: string) => void,
  ): void;
  send(port: number, host: string, octets: string): void;
  close(): void;
}
/** A socket. Handlers get the socket first, or nothing after `close`. */
interface NodemcuSocket {
  on(
    event: string,
    handler: ((this: void, socket: unknown, given: string) => void) | undefined,
  ): void;
  connect(port: number, host: string): void;
  send(octets: string): void;
  close(): void;
}
/** @noSelf */
declare namespace tls {
  function createConnection(): NodemcuSocket;
}
/** @noSelf */
declare namespace tmr {
  const ALARM_SINGLE: number;
  function create(): NodemcuTimer;
  function time(): number;
}
interface NodemcuTimer {
  alarm(ms: number, mode: number, step: (this: void) => void): boolean;
  unregister(): void;
}
/** @noSelf */
declare namespace file {
  function getcontents(name: string): string | undefined;
  function putcontents(name: string, text: string): boolean | undefined;
}
/** @noSelf */
declare namespace crypto {
  function hmac(algorithm: string, octets: string, key: string): string;
}
/** @noSelf */
declare namespace sjson {
  function decode(text: string): unknown;
}
/** @noSelf */
declare namespace node {
  function chipid(): number | string;
  function dsleep(us: number): void;
  function heap(): number;
}
declare function require(this: void, name: string): any;
declare function type(this: void, value: unknown): string;
