// SPDX-License-Identifier: MIT
// Both Lua machines, for tests that run on each.
// @ts-ignore: the tools are JavaScript
import { openMachine as open51 } from "../../../tools/lua/machine51.mjs";
// @ts-ignore: the tools are JavaScript
import { openMachine as open53 } from "../../../tools/lua/machine53.mjs";

export type Value = string | number | boolean | undefined;

export interface Machine {
  run(text: string, name?: string): Value[];
  call(name: string, ...args: Value[]): Value[];
  onCall(answer: (...args: Value[]) => Value | Value[]): void;
  setMemoryMax: undefined | ((octets: number | undefined) => void);
  memory: undefined | (() => number);
  close(): void;
}

export const MACHINES: [string, () => Promise<Machine>][] = [
  ["Lua 5.1", open51],
  ["Lua 5.3", open53],
];
