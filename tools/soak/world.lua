-- SPDX-License-Identifier: MIT
-- The soak's world in Lua: what world.js is, for NodeMCU's `net` and `tmr`, whose clock wraps every
-- 2^31 microseconds. Around it stands what engines.mjs says, and SECONDS in front. All numbers
-- are small enough for a machine of 32-bit floats.

local KEEP_MS, PATIENCE_MS = 60000, 90000
local seconds, ms, failures = 0, 0, 0
local order = { "published", "received", "again", "refused", "pings", "cuts", "silences", "connects",
  "delivered", "wraps", "subscribed", "subscribeWraps", "samples", "warm", "most", "last",
  "clockWraps", "clockReads" }
local found = {}
for _, name in ipairs(order) do found[name] = 0 end

function fail(why)
  failures = failures + 1
  if failures < 6 then print("= fail " .. why .. " at " .. seconds .. " s") end
end

-- What happens by itself: milliseconds that are left of each.
local jobs = {}
local clockMs = 0

tmr.now = function()
  -- The client asks no clock, so it may wrap as it likes.
  found.clockReads = found.clockReads + 1
  return clockMs * 1000
end

-- The server and the network in front of it. One session, which outlives connections.
local link
local up, down, wrote = "", "", false
local isKnown, isAccepted, isMute = false, false, false
local mutedFor, quietFor, cutAfter = 0, 0, -1
local held, upSeen, lastId, lastSubscribe = {}, -1, 0, 0
local out = { id = 0, qos = 1, number = -1, state = 0 }
local downSeen = -1

function fire(own, event, given)
  if own.h[event] then own.h[event](own, given) end
end

net = { TCP = 0, createConnection = function()
  local own = { h = {} }
  function own:on(event, f) self.h[event] = f end
  function own:connect()
    link = self
    up, down, wrote = "", "", true
    isAccepted, isMute = false, false
    quietFor, mutedFor, cutAfter = 0, 0, -1
    self.isNew = true
  end
  function own:send(octets)
    assert(not self.isBusy and octets ~= "")
    self.isBusy = true
    if link == self then up = up .. octets end
    wrote = true
    if quietFor > KEEP_MS then fail("nothing was sent for " .. quietFor .. " ms") end
    quietFor = 0
  end
  function own:close() if link == self then link = nil end end
  return own
end }

function cut()
  local own = link
  link = nil
  up, down = "", ""
  found.cuts = found.cuts + 1
  fire(own, "disconnection", 0)
end

function integer(octets, at)
  local a, b = string.byte(octets, at, at + 1)
  return (a or 0) * 256 + (b or 0)
end

function pair(value)
  return string.char((value - value % 256) / 256, value % 256)
end

function sayOut(dup)
  local body = "\0\9soak/down" .. pair(out.id) .. out.number
  down = down .. (out.state > 1 and "\98\2" .. pair(out.id)
    or string.char(48 + out.qos * 2 + (dup and 8 or 0), #body) .. body)
end

function place(list, value)
  for i = 1, #list do if list[i] == value then return i end end
end

function serverConnect()
  found.connects = found.connects + 1
  isAccepted = true
  down = down .. (isKnown and "\32\2\1\0" or "\32\2\0\0")
  isKnown = true
  if out.state > 0 then sayOut(true) end
end

function serverPublish(first, body)
  local qos = (first - 48 - first % 2) / 2 % 4
  local from = 3 + integer(body, 1)
  local id = integer(body, from)
  local number = tonumber(string.sub(body, from + 2))
  if qos < 2 or not place(held, id) then
    if number == upSeen + 1 then upSeen = number
    elseif qos == 1 and first > 57 and number <= upSeen then found.again = found.again + 1
    else fail("message " .. number .. " at QoS " .. qos .. " behind " .. upSeen) end
    if qos > 1 then held[#held + 1] = id end
    if id < lastId - 1000 then found.wraps = found.wraps + 1 end
    if id > lastId or id < lastId - 1000 then lastId = id end
  end
  down = down .. (qos > 1 and "\80\2" or "\64\2") .. pair(id)
end

function serverHears(first, body)
  local id = integer(body, 1)
  if first == 16 then serverConnect()
  elseif not isAccepted then fail("something in front of CONNECT")
  elseif first > 47 and first < 64 then serverPublish(first, body)
  elseif first == 98 then
    local at = place(held, id)
    if at then table.remove(held, at) end
    down = down .. "\112\2" .. pair(id)
  elseif first == 130 or first == 162 then
    found.subscribed = found.subscribed + 1
    if id < lastSubscribe - 1000 then found.subscribeWraps = found.subscribeWraps + 1 end
    lastSubscribe = id
    down = down .. (first == 130 and "\144\3" .. pair(id) .. string.sub(body, -1)
      or "\176\2" .. pair(id))
  elseif first == 192 then
    found.pings = found.pings + 1
    down = down .. "\208\0"
  elseif first == 64 or first == 112 then
    if id == out.id then out.state = 0 end
  elseif first == 80 then
    if id == out.id then
      out.state = 2
      down = down .. "\98\2" .. pair(id)
    end
  else fail("packet " .. first) end
end

function serverReads()
  if cutAfter >= 0 then
    local all = #up
    up = string.sub(up, 1, cutAfter)
    cutAfter = cutAfter - (all < cutAfter and all or cutAfter)
  end
  while #up > 1 and #up >= 2 + string.byte(up, 2) do
    local last = 2 + string.byte(up, 2)
    local first, body = string.byte(up), string.sub(up, 3, last)
    up = string.sub(up, last + 1)
    serverHears(first, body)
  end
  if isMute then down = "" end
end

function settle()
  while link and (wrote or link.isNew or link.isBusy or down ~= "") do
    wrote = false
    local own = link
    serverReads()
    if cutAfter == 0 then
      cutAfter = -1
      cut()
      return
    end
    if own.isNew then own.isNew = false fire(own, "connection")
    elseif own.isBusy then own.isBusy = false fire(own, "sent") end
    local octets = down
    down = ""
    local middle = chance(#octets + 1)
    if middle > 0 then fire(own, "receive", string.sub(octets, 1, middle)) end
    if middle < #octets then fire(own, "receive", string.sub(octets, middle + 1)) end
  end
end

function isBusy() return seconds % 3600 < 1200 end

local client
local isExtra = false

function publishes()
  if not isBusy() then return end
  local n = found.published
  if client:publish("soak/up", tostring(n), 1 + n % 2) > 0 then found.published = n + 1
  else found.refused = found.refused + 1 end
end

function subscribes()
  if not isBusy() then return end
  isExtra = not isExtra
  local id
  if isExtra then id = client:subscribe("soak/extra", 0) else id = client:unsubscribe("soak/extra") end
  if id < 0 then fail("a subscription was refused") end
end

function serverPublishes()
  if not isBusy() or out.state > 0 then return end
  out.id = out.id % 65535 + 1
  out.number = out.number + 1
  out.qos = 1 + out.number % 2
  out.state = 1
  if isAccepted and link and not isMute then sayOut(false) end
  wrote = true
end

function onMessage(topic, payload, packet)
  local number = tonumber(payload)
  if number == downSeen + 1 then found.received = found.received + 1
  elseif not (packet.qos == 1 and number == downSeen) then
    fail("down " .. number .. " behind " .. downSeen)
  end
  downSeen = number
end

function breaks()
  if not link or isMute then return end
  local how = chance(4)
  if how < 1 then
    isMute = true
    found.silences = found.silences + 1
  elseif how < 2 then cut()
  else cutAfter = 1 + chance(60) end
end

function samples()
  if client:stats().inFlight > 0 or not link then print("= skipped " .. seconds) return end
  local now = usage()
  found.samples = found.samples + 1
  if seconds * 10 <= SECONDS or found.warm == 0 then found.warm, found.most = now, now end
  if now > found.most then found.most = now end
  found.last = now
end

function job(every, from, f) jobs[#jobs + 1] = { left = from, every = every, f = f } end

function elapse(step)
  ms = ms + step
  clockMs = clockMs + step
  while ms >= 1000 do ms = ms - 1000 seconds = seconds + 1 end
  -- 2^31 microseconds, as near as milliseconds go.
  while clockMs >= 2147483 do clockMs = clockMs - 2147483 found.clockWraps = found.clockWraps + 1 end
  if link and isAccepted then
    quietFor = quietFor + step
    if isMute then mutedFor = mutedFor + step end
    if mutedFor > PATIENCE_MS then
      fail("a silent server was waited for " .. mutedFor .. " ms")
      mutedFor = 0
    end
  end
  lessen(timers, step)
  lessen(jobs, step)
end

function happens()
  local first, task = soonest(timers), soonest(jobs)
  if not first or task.left < first.left then
    elapse(task.left)
    task.left = task.every
    task.f()
  else
    elapse(first.left)
    forget(first)
    first.f()
  end
  settle()
end

function soak(ringlet)
  client = ringlet.connect({ host = "h", clientId = "soak", cleanSession = false, keepAlive = 60,
    outbox = 1024, inFlight = 16, subscriptions = 8, linkWindow = 1024, inbox = 512 })
  client:on("message", function() fail("a message without a handler") end)
  client:on("delivered", function() found.delivered = found.delivered + 1 end)
  client:on("uncertain", function() fail("uncertain") end)
  client:on("error", function(e) if e ~= -29 then fail("error " .. tostring(e)) end end)
  client:subscribe("soak/down", 2, onMessage)
  job(3333, 1000, publishes)
  job(10007, 2000, subscribes)
  job(20011, 3000, serverPublishes)
  job(150001, 75000, breaks)
  job(3600000, 3000000, samples)
  while seconds < SECONDS do happens() end
  jobs = { jobs[5] }
  for _ = 1, 200 do if client:stats().inFlight > 0 then happens() end end
  if found.delivered ~= found.published then fail("delivered " .. found.delivered) end
  if upSeen + 1 ~= found.published then fail("the server has " .. (upSeen + 1)) end
  for _, name in ipairs(order) do print("= " .. name .. " " .. found[name]) end
  print("= reconnects " .. client:stats().reconnects)
  print("= timers " .. #timers)
  print("= failures " .. failures)
  print("= over " .. seconds)
end
