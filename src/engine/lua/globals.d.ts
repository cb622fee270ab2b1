// SPDX-License-Identifier: MIT
// What every Lua has and the sources use.

/** @noSelf */
declare namespace string {
  function find(text: string, pattern: string): number | undefined;
  function gsub(
    text: string,
    pattern: string,
    by: string | ((this: void, found: string) => string),
  ): LuaMultiReturn<[string, number]>;
  function gmatch(text: string, pattern: string): LuaIterable<string>;
}
/** @noSelf */
declare namespace table {
  function remove(list: unknown[], place: number): void;
}
declare const math: {
  random(this: void, count: number): number;
  randomseed(this: void, seed: number): void;
  floor(this: void, value: number): number;
};
declare function pcall(
  this: void,
  step: (this: void, ...given: any[]) => any,
  a?: unknown,
  b?: unknown,
  c?: unknown,
): LuaMultiReturn<[boolean, number]>;
declare function print(this: void, what: unknown): void;
declare function tostring(this: void, what: unknown): string;
declare function tonumber(this: void, text: string): number | undefined;
