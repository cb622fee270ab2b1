// SPDX-License-Identifier: MIT
// LuaSocket and LuaSec, as far as the adapter uses them.

interface LuaSocket {
  settimeout(seconds: number): void;
  connect(host: string, port: number): number | undefined;
  getpeername(): string | undefined;
  send(octets: string): LuaMultiReturn<[number | undefined, string | undefined, number]>;
  receive(
    count: number,
  ): LuaMultiReturn<[string | undefined, string | undefined, string | undefined]>;
  close(): void;
}
interface LuaSocketLibrary {
  tcp(this: void): LuaSocket;
  gettime(this: void): number;
  select(
    this: void,
    readers: LuaSocket[],
    writers: LuaSocket[],
    seconds: number,
  ): LuaMultiReturn<[Record<string, unknown>, Record<string, unknown>]>;
}
/** @noSelf */
declare namespace string {
  function lower(text: string): string;
  function gsub(text: string, pattern: string, by: string): LuaMultiReturn<[string, number]>;
}
interface LuaSecCertificate {
  extensions(): Record<string, { dNSName?: string[]; iPAddress?: string[] } | undefined>;
}
interface LuaSecSocket extends LuaSocket {
  sni(host: string): void;
  dohandshake(): boolean | undefined;
  getpeercertificate(): LuaSecCertificate;
}
interface LuaSecLibrary {
  wrap(this: void, socket: LuaSocket, options: object): LuaSecSocket;
}
declare function require(this: void, name: string): any;
declare function load(this: void, text: string): unknown;
interface LuaFile {
  read(what: string): string | undefined;
  write(text: string): LuaMultiReturn<[unknown]>;
  close(): LuaMultiReturn<[unknown]>;
}
declare const io: {
  open(this: void, name: string, mode: string): LuaMultiReturn<[LuaFile | undefined]>;
};
