// SPDX-License-Identifier: MIT
// A Lua 5.3 machine in JavaScript, whose integers have 32 bits as NodeMCU's have; its floats have 64,
// NodeMCU's 32. The interface is that of machine51.mjs, without a limit of memory.

import fengari from "fengari";

const { lua, lauxlib, lualib } = fengari;

/** @typedef {import("./machine51.mjs").Value} Value */

const toLua = (/** @type {string} */ text) => new Uint8Array(Buffer.from(text, "latin1"));
const fromLua = (/** @type {Uint8Array} */ octets) => Buffer.from(octets).latin1Slice();

/** @returns {Value} */
function read(L, index, isStrict = false) {
  const type = lua.lua_type(L, index);
  if (type === lua.LUA_TBOOLEAN) return lua.lua_toboolean(L, index);
  if (type === lua.LUA_TNUMBER) return lua.lua_tonumber(L, index);
  if (type === lua.LUA_TSTRING) return fromLua(lua.lua_tolstring(L, index));
  if (isStrict && type > 0) throw new Error("only strings, numbers and booleans can cross");
  return undefined;
}

function push(L, value) {
  if (typeof value === "string") lua.lua_pushlstring(L, toLua(value), value.length);
  else if (typeof value === "boolean") lua.lua_pushboolean(L, value);
  else if (typeof value !== "number") lua.lua_pushnil(L);
  else if (value === (value | 0)) lua.lua_pushinteger(L, value);
  else lua.lua_pushnumber(L, value);
}

export async function openMachine() {
  const state = lauxlib.luaL_newstate();
  lualib.luaL_openlibs(state);
  /** @type {(...args: Value[]) => Value | Value[]} */
  let answer = () => undefined;

  lua.lua_pushjsfunction(state, (L) => {
    let results;
    try {
      const args = Array.from({ length: lua.lua_gettop(L) }, (_, at) => read(L, at + 1, true));
      results = [answer(...args)].flat();
      lauxlib.luaL_checkstack(L, results.length, null);
    } catch (error) {
      push(L, error instanceof Error ? error.message : String(error));
      return lua.lua_error(L);
    }
    for (const result of results) push(L, result);
    return results.length;
  });
  lua.lua_setglobal(state, toLua("__js"));

  /** @param {number} status @param {number} base the height of the stack to go back to */
  function check(status, base) {
    if (status === lua.LUA_OK) return;
    const message = read(state, -1) ?? "an error that is no text";
    lua.lua_settop(state, base);
    throw new Error(String(message));
  }

  /** Calls the function on top of the stack. @param {Value[]} args */
  function invoke(args) {
    const base = lua.lua_gettop(state) - 1;
    lua.lua_checkstack(state, args.length);
    for (const arg of args) push(state, arg);
    check(lua.lua_pcall(state, args.length, lua.LUA_MULTRET, 0), base);
    const length = lua.lua_gettop(state) - base;
    const results = Array.from({ length }, (_, at) => read(state, base + at + 1));
    lua.lua_settop(state, base);
    return results;
  }

  return {
    /** Loads and runs a text. @param {string} text @param {string} [name] @returns {Value[]} */
    run(text, name = "chunk") {
      const octets = toLua(text);
      const status = lauxlib.luaL_loadbuffer(state, octets, octets.length, toLua(`=${name}`));
      check(status, lua.lua_gettop(state) - 1);
      return invoke([]);
    },
    /** Calls a global function. @param {string} name @param {Value[]} args @returns {Value[]} */
    call(name, ...args) {
      lua.lua_getglobal(state, toLua(name));
      return invoke(args);
    },
    /** Who answers `__js(…)`: what is thrown becomes a Lua error. */
    onCall(/** @type {typeof answer} */ handler) {
      answer = handler;
    },
    setMemoryMax: undefined,
    memory: undefined,
    close() {},
  };
}
