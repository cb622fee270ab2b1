-- SPDX-License-Identifier: MIT
-- Chance and time of every world in Lua: what time.js is, for NodeMCU's `tmr`.

local seed, timers = 1, {}

function chance(count)
  seed = (seed * 75 + 74) % 65537
  return seed % count
end

local function forget(timer)
  for i = 1, #timers do
    if timers[i] == timer then table.remove(timers, i) return end
  end
end

tmr = { ALARM_SINGLE = 0, create = function()
  local timer = {}
  function timer:alarm(after, mode, f)
    forget(self)
    self.left, self.f = after, f
    timers[#timers + 1] = self
    return true
  end
  function timer:unregister() forget(self) end
  return timer
end }

-- What comes first of what waits, and `ms` that pass for all of it.
local function soonest(waiting)
  local first = waiting[1]
  for i = 2, #waiting do if waiting[i].left < first.left then first = waiting[i] end end
  return first
end
local function lessen(waiting, ms)
  for i = 1, #waiting do waiting[i].left = waiting[i].left - ms end
end
