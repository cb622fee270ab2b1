// SPDX-License-Identifier: MIT
// A Lua 5.1 machine: PUC-Rio's, as WebAssembly, with a limit of memory. Its raw interface is used,
// since the comfortable one takes strings for UTF-8: here a string is octets, one character each,
// both ways. machine53.mjs has the same interface.

import { Lua, LUA_GLOBALSINDEX } from "wasmoon-lua5.1";

const [BOOLEAN, NUMBER, STRING] = [1, 3, 4];
const ALL = -1;
/** A pointer and a length. */
const WORD = 4;

/** @typedef {string | number | boolean | undefined} Value nil is undefined */

export async function openMachine() {
  const lua = await Lua.create({ traceAllocations: true });
  const { module } = lua.luaApi;
  const state = lua.global.address;
  const word = module._malloc(WORD);
  /** @type {number | undefined} */
  let memoryMax;
  /** @type {(...args: Value[]) => Value | Value[]} */
  let answer = () => undefined;

  /** Gives `use` the octets in the machine's memory, with a NUL behind them. */
  function withOctets(/** @type {string} */ text, use) {
    const at = module._malloc(text.length + 1);
    try {
      module.HEAPU8.set(Buffer.from(`${text}\0`, "latin1"), at);
      return use(at, text.length);
    } finally {
      module._free(at);
    }
  }

  function octetsAt(L, index) {
    const at = module._lua_tolstring(L, index, word);
    const length = module.getValue(word, "i32");
    return Buffer.from(module.HEAPU8.buffer, at, length).latin1Slice();
  }

  /** @returns {Value} */
  function read(L, index, isStrict = false) {
    const type = module._lua_type(L, index);
    if (type === BOOLEAN) return module._lua_toboolean(L, index) !== 0;
    if (type === NUMBER) return module._lua_tonumber(L, index);
    if (type === STRING) return octetsAt(L, index);
    if (isStrict && type > 0) throw new Error("only strings, numbers and booleans can cross");
    return undefined;
  }

  function push(L, value) {
    if (typeof value === "string") {
      withOctets(value, (at, length) => module._lua_pushlstring(L, at, length));
    } else if (typeof value === "number") module._lua_pushnumber(L, value);
    else if (typeof value === "boolean") module._lua_pushboolean(L, Number(value));
    else module._lua_pushnil(L);
  }

  const host = module.addFunction((L) => {
    try {
      const args = Array.from({ length: module._lua_gettop(L) }, (_, at) => read(L, at + 1, true));
      const results = [answer(...args)].flat();
      if (!module._lua_checkstack(L, results.length)) throw new Error("too many results");
      for (const result of results) push(L, result);
      return results.length;
    } catch (error) {
      // Lua's own errors pass through here as something else.
      if (!(error instanceof Error)) throw error;
      push(L, error.message);
    }
    return module._lua_error(L);
  }, "ii");

  /** Outside of a protected call the machine would die of a lack of memory. */
  function unlimited(inside) {
    lua.global.setMemoryMax(undefined);
    try {
      return inside();
    } finally {
      lua.global.setMemoryMax(memoryMax);
    }
  }

  /** @param {number} status @param {number} base the height of the stack to go back to */
  function check(status, base) {
    if (status === 0) return;
    const message = read(state, -1) ?? "an error that is no text";
    module._lua_settop(state, base);
    throw new Error(String(message));
  }

  /** Calls the function on top of the stack. @param {Value[]} args */
  function invoke(args) {
    const base = module._lua_gettop(state) - 1;
    unlimited(() => {
      module._lua_checkstack(state, args.length);
      for (const arg of args) push(state, arg);
    });
    check(module._lua_pcall(state, args.length, ALL, 0), base);
    const length = module._lua_gettop(state) - base;
    const results = Array.from({ length }, (_, at) => read(state, base + at + 1));
    module._lua_settop(state, base);
    return results;
  }

  const global = (set, name) =>
    unlimited(() => withOctets(name, (at) => set(state, LUA_GLOBALSINDEX, at)));
  module._lua_pushcclosure(state, host, 0);
  global(module._lua_setfield, "__js");

  return {
    /** Loads and runs a text. @param {string} text @param {string} [name] @returns {Value[]} */
    run(text, name = "chunk") {
      const load = (at, length) =>
        withOctets(`=${name}`, (label) => module._luaL_loadbuffer(state, at, length, label));
      check(withOctets(text, load), module._lua_gettop(state) - 1);
      return invoke([]);
    },
    /** Calls a global function. @param {string} name @param {Value[]} args @returns {Value[]} */
    call(name, ...args) {
      global(module._lua_getfield, name);
      return invoke(args);
    },
    /** Who answers `__js(…)`: what is thrown becomes a Lua error. */
    onCall(/** @type {typeof answer} */ handler) {
      answer = handler;
    },
    /** The most octets the machine may have; it raises "not enough memory". */
    setMemoryMax(/** @type {number | undefined} */ octets) {
      memoryMax = octets;
      lua.global.setMemoryMax(octets);
    },
    /** The octets in use. */
    memory: () => lua.global.getMemoryUsed(),
    close: () => lua.global.close(),
  };
}
