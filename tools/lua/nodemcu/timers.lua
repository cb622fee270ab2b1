-- SPDX-License-Identifier: MIT
-- NodeMCU's `tmr.create`: an object is {id, mode, interval, handler, isRunning}. What the chips have
-- besides is in their own files.

local host = __host
local js = host.js
local isNew = host.isNew
local events = host.events
local refuse = host.refuse
local integer = host.integer
local callable = host.callable
local opaque = host.opaque

local ONCE, AUTO, SEMI = 0, 1, 2
local timers = {}
local timerCount = 0
local timer = {}

local function disarm(self)
  if self[5] then js("tmr.disarm", self[1]) end
  rawset(self, 5, false)
  timers[self[1]] = nil
end

function timer.register(self, interval, mode, handler)
  interval, mode = integer(interval, 1, "register"), integer(mode, 2, "register")
  if interval < 1 or interval > 6870947 then refuse(1, "register", "Range: 1-6870947") end
  if mode ~= ONCE and mode ~= AUTO and mode ~= SEMI then refuse(2, "register", "Invalid mode") end
  callable(handler, 3, "register")
  disarm(self)
  rawset(self, 2, mode)
  rawset(self, 3, interval)
  rawset(self, 4, handler)
end

function timer.start(self, again)
  if not self[4] then
    if isNew then error("timer not registered", 2) end
    return false
  end
  if self[5] and not again then return false end
  disarm(self)
  rawset(self, 5, true)
  timers[self[1]] = self
  js("tmr.arm", self[1], self[3], self[2] == AUTO)
  return true
end

function timer.alarm(self, interval, mode, handler)
  timer.register(self, interval, mode, handler)
  return timer.start(self)
end

function timer.stop(self)
  local wasRunning = self[5]
  disarm(self)
  return wasRunning
end

function timer.unregister(self)
  disarm(self)
  rawset(self, 2, false)
  rawset(self, 4, false)
end

function timer.interval(self, interval)
  rawset(self, 3, integer(interval, 1, "interval"))
  if self[5] then timer.start(self, true) end
end

function timer.state(self)
  if not self[4] then return nil end
  return self[5], self[2]
end

events.tmr = function(id)
  local self = timers[id]
  if not self then return end
  local handler = self[4]
  if self[2] ~= AUTO then
    rawset(self, 5, false)
    timers[id] = nil
  end
  if self[2] == ONCE then rawset(self, 4, false) end
  handler(self)
end

local timerMeta = opaque(timer)
tmr = { ALARM_SINGLE = ONCE, ALARM_AUTO = AUTO, ALARM_SEMI = SEMI }
function tmr.create()
  timerCount = timerCount + 1
  return setmetatable({ timerCount, false, false, false, false }, timerMeta)
end
