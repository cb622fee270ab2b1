-- SPDX-License-Identifier: MIT
-- NodeMCU's `node`, `rtcmem`, `i2c`, `ow`, `dht` and `gpio`, as far as the chips agree.

local host = __host
local js = host.js
local isNew = host.isNew
local events = host.events
local refuse = host.refuse
local integer = host.integer
local callable = host.callable

node = {
  heap = function() return js("node.heap") end,
  chipid = function() return js("node.chipid") end,
  bootreason = function() return 1, 0 end,
  restart = function() js("node.restart") end,
  dsleep = function(time)
    if type(time) == "table" then time = (time.us or 0) + (time.secs or 0) * 1000000 end
    js("node.dsleep", integer(time, 1, "dsleep"))
  end,
  task = { LOW_PRIORITY = 0, MEDIUM_PRIORITY = 1, HIGH_PRIORITY = 2 },
}
local tasks = {}
function node.task.post(priority, task)
  tasks[#tasks + 1] = callable(task or priority, task and 2 or 1, "post")
  js("task")
  return true
end
events.task = function() table.remove(tasks, 1)(0, 1) end

rtcmem = {}
function rtcmem.read32(index, count)
  local value = js("rtcmem.read", integer(index, 1, "read32"))
  if value == nil or count == 0 then return end
  if not count or count == 1 then return value end
  return value, rtcmem.read32(index + 1, count - 1)
end
function rtcmem.write32(index, ...)
  local count = select("#", ...)
  if index + count > 128 then refuse(1, "write32", "RTC mem would overrun") end
  for at = 1, count do js("rtcmem.write", index + at - 1, integer((select(at, ...)), at + 1, "write32")) end
end

local function attempt(...)
  local problem = js(...)
  if problem then error(problem, 3) end
end

local function octets(value)
  if type(value) == "number" then return string.char(value) end
  if type(value) ~= "table" then return value end
  local all = ""
  for at = 1, #value do all = all .. string.char(value[at]) end
  return all
end
i2c = { SLOW = 100000, FAST = 400000, FASTPLUS = 1000000, TRANSMITTER = 0, RECEIVER = 1 }
function i2c.setup(id, sda, scl, speed) return js("i2c.setup", id) and speed or 0 end
function i2c.start(id) attempt("i2c.start", id) end
function i2c.stop(id) attempt("i2c.stop", id) end
function i2c.address(id, address, direction) return js("i2c.address", id, address, direction) end
function i2c.read(id, count) return js("i2c.read", id, count) end
function i2c.write(id, ...)
  local data = ""
  for at = 1, select("#", ...) do data = data .. octets((select(at, ...))) end
  return js("i2c.write", id, data)
end

ow = {
  setup = function(pin) integer(pin, 1, "setup") end,
  reset = function(pin) return js("ow.reset") end,
  write_bytes = function(pin, data, power) js("ow.write", data) end,
  read_bytes = function(pin, count) return js("ow.read", integer(count, 2, "read_bytes")) end,
  reset_search = function(pin) js("ow.first") end,
  search = function(pin) return js("ow.search") end,
}

dht = {
  OK = 0, ERROR_CHECKSUM = -1, ERROR_TIMEOUT = -2,
  read11 = function(pin) return js("dht", true) end,
}
local function readNew(pin) return js("dht", false) end
if isNew then dht.read2x = readNew else dht.readxx = readNew end

gpio = {}
function gpio.write(pin, level)
  js("gpio.write", integer(pin, 1, "write"), integer(level, 2, "write"))
end
function gpio.read(pin) return js("gpio.read", integer(pin, 1, "read")) end
