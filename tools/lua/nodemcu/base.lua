-- SPDX-License-Identifier: MIT
-- What the modules of a simulated NodeMCU share, in `__host`; then `print` and files. A program can
-- see what is made in this folder, and what it does happens on the other side of `__js`. Runs on Lua
-- 5.1 and 5.3. Sockets and timers are tables that refuse new fields; on a board they are userdata.

local js = __js
local isNew = _VERSION ~= "Lua 5.1"
local load = loadstring or load

-- The handlers of the host's events, by kind.
local events = {}
function __event(kind, ...) events[kind](...) end

-- Arguments as luaL_check… takes them. Level 3 is the program that called the method.
local function refuse(position, name, what)
  error("bad argument #" .. position .. " to '" .. name .. "' (" .. what .. ")", 4)
end
local function integer(value, position, name)
  local number = tonumber(value)
  if not number then refuse(position, name, "number expected, got " .. type(value)) end
  if number == math.floor(number) then return number end
  if isNew then refuse(position, name, "number has no integer representation") end
  return number < 0 and math.ceil(number) or math.floor(number)
end
local function text(value, position, name)
  local kind = type(value)
  if kind == "string" or kind == "number" then return tostring(value) end
  refuse(position, name, "string expected, got " .. kind)
end
local function callable(value, position, name)
  if type(value) ~= "function" then refuse(position, name, "function expected") end
  return value
end

local function opaque(methods)
  return {
    __index = methods,
    __newindex = function() error("attempt to index a userdata value", 2) end,
    __metatable = false,
  }
end


__host = {
  js = js, isNew = isNew, events = events, refuse = refuse, integer = integer, text = text,
  callable = callable, opaque = opaque,
}

function print(...)
  local line = ""
  for at = 1, select("#", ...) do
    line = line .. (at > 1 and "\t" or "") .. tostring((select(at, ...)))
  end
  js("print", line)
end

file = {
  getcontents = function(name) return js("file.get", text(name, 1, "getcontents")) end,
  putcontents = function(name, content)
    -- nil where it was not written whole
    return js("file.put", text(name, 1, "putcontents"), text(content, 2, "putcontents")) or nil
  end,
  exists = function(name) return js("file.get", text(name, 1, "exists")) ~= nil end,
  remove = function(name) js("file.remove", text(name, 1, "remove")) end,
}

crypto = {
  hmac = function(algorithm, octets, key)
    return js("crypto.hmac", text(algorithm, 1, "hmac"), text(octets, 2, "hmac"), text(key, 3, "hmac"))
  end,
}

function loadfile(name)
  local content = js("file.get", name)
  if not content then return nil, "cannot open " .. name end
  return load(content, "@" .. name)
end

function dofile(name)
  local chunk, problem = loadfile(name)
  if not chunk then error(problem, 0) end
  return chunk()
end

package = { loaded = {}, preload = {}, path = "?.lc;?.lua" }
for name, library in pairs({ string = string, table = table, math = math, _G = _G }) do
  package.loaded[name] = library
end
local loaded, preload = package.loaded, package.preload
function require(name)
  if loaded[name] ~= nil then return loaded[name] end
  local loader = preload[name]
  if not loader then
    local path = string.gsub(name, "%.", "/") .. ".lua"
    if not js("file.get", path) then
      error("module '" .. name .. "' not found:\n\tno file '" .. path .. "'", 2)
    end
    local problem
    loader, problem = loadfile(path)
    if not loader then error("error loading module '" .. name .. "':\n\t" .. problem, 2) end
  end
  local result = loader(name)
  if result ~= nil then loaded[name] = result end
  if loaded[name] == nil then loaded[name] = true end
  return loaded[name]
end
