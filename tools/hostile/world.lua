-- SPDX-License-Identifier: MIT
-- A server that means harm, in Lua: what world.js is, for NodeMCU's `net` and `tmr`.

local order = { "heard", "octets", "opens", "connects", "status", "chunks", "sent", "before", "most", "ms",
  "seconds" }
local found, link, isTaken = {}, nil, true
for _, name in ipairs(order) do found[name] = 0 end

local function fire(event, given)
  local own = link
  if own and own.h[event] then own.h[event](own, given) end
end

net = { TCP = 0, createConnection = function()
  local own = { h = {} }
  function own:on(event, f) self.h[event] = f end
  function own:connect()
    found.opens = found.opens + 1
    link = self
    isTaken = true
    self.isNew = true
  end
  function own:send(octets)
    assert(not self.isBusy and octets ~= "")
    self.isBusy = true
    found.sent = found.sent + #octets
  end
  function own:close() if link == self then link = nil end end
  return own
end }

local function settle()
  while link and isTaken and (link.isNew or link.isBusy) do
    local event = link.isNew and "connection" or "sent"
    if link.isNew then link.isNew = false else link.isBusy = false end
    fire(event)
  end
end

local function says(octets)
  if octets ~= "" then fire("receive", octets) end
  settle()
end

local function passes(ms)
  while true do
    local first = soonest(timers)
    if not first or first.left > ms then break end
    ms = ms - first.left
    lessen(timers, first.left)
    forget(first)
    first.f()
    settle()
  end
  lessen(timers, ms)
end

local function counts()
  local now = usage()
  if now > found.most then found.most = now end
end

local function onMessage(topic, payload)
  found.heard = found.heard + 1
  found.octets = found.octets + #payload
  if HEARD_EVERY > 0 and found.heard % HEARD_EVERY == 20 then counts() end
end

local number = 0
local function chunk()
  local all = {}
  for i = 1, PER do
    local id = number % 65535 + 1
    local told = ""
    if COUNTS == "text" then told = tostring(10000 + number % 90000) end
    if COUNTS == "id" then
      told = string.char((id - id % 256) / 256, id % 256)
    end
    all[i] = PRE .. told .. POST
    number = number + 1
  end
  return table.concat(all)
end

function attack(ringlet)
  local client = ringlet.connect({ host = "h", clientId = "c" })
  client:on("message", onMessage)
  client:on("connect", function() found.connects = found.connects + 1 end)
  client:on("close", function(status) if found.status == 0 then found.status = status end end)
  client:subscribe("#", 2, onMessage)
  passes(1)
  settle()
  found.before = usage()
  found.most = found.before
  local began = clock()
  says(HEAD)
  isTaken = not IS_DEAF
  while found.chunks < TIMES and (found.status == 0 or IS_BRIEF) do
    found.chunks = found.chunks + 1
    says(chunk())
    if IS_BRIEF then fire("disconnection", 0) end
    if COUNT_EVERY > 0 and found.chunks % COUNT_EVERY == 0 then counts() end
    passes(EVERY)
  end
  found.ms = clock() - began
  found.seconds = found.chunks * EVERY / 1000
  counts()
  local before, status = found.connects, found.status
  fire("disconnection", 0)
  for _ = 1, 300 do if not link then passes(1000) end end
  says("\32\2\0\0")
  print("= back " .. found.connects - before)
  found.status = status
  for _, name in ipairs(order) do print("= " .. name .. " " .. found[name]) end
  print("= over 1")
end
