// SPDX-License-Identifier: MIT
// The programs in Lua that both clients are measured with: Ringlet's bundle on a socket of NodeMCU's
// that is made up, luamqtt on a connector that is made up. Both are handed the same messages and the
// same octets; what they send is counted and dropped. A program prints `name figure` lines.

/** A topic of 20 octets and 64 payloads of 23: Lua 5.1 has equal strings once, so equal ones cost less. */
const COMMON = `
local T, P, packets, acks = "ringlet/node1/sensor", {}, {}, {}
for i = 1, 64 do P[i] = string.format("%05d degrees Celsius ..", i) end
for i = 1, 64 do packets[i] = string.char(48, 2 + #T + #P[i], 0, #T) .. T .. P[i] end
local function ack(id) return string.char(64, 2, (id - id % 256) / 256 % 256, id % 256) end
local function used() collectgarbage() collectgarbage() return collectgarbage("count") * 1024 end
local function report(name, figure) print("=" .. name .. " " .. string.format("%.2f", figure)) end
-- Messages a second, of CPU time.
local function rate(step)
  step(2000)
  local n = 1000
  while true do
    local from = os.clock()
    step(n)
    local seconds = os.clock() - from
    if seconds > 0.2 then return n / seconds end
    n = n * 2
  end
end
`;

/**
 * What is measured. The client's are `publish`, `taken` (the link takes what was sent), and `many`, which
 * brings so many packets in one chunk.
 */
const MEASURE = `
if MODE == "speed" then
  local batch = {}
  report("qos0", rate(function(n)
    for i = 1, n / 20 do
      for k = 1, 20 do publish(T, P[k], 0) end
      taken()
    end
  end))
  report("qos1", rate(function(n)
    for i = 1, n / 10 do
      for k = 1, 10 do batch[k] = ack(publish(T, P[k], 1)) end
      taken()
      many(table.concat(batch), 10)
    end
  end))
  report("decode", rate(function(n) for i = 1, n do many(packets[i % 64 + 1], 1) end end))
  local chunk = table.concat(packets, "", 1, 30)
  report("chunk", rate(function(n) for i = 1, n / 30 do many(chunk, 30) end end))
  if come < 1 then error("nothing came") end
end
if MODE == "growth" then
  local before
  for qos = 0, 1 do
    local function both(n)
      for i = 1, n do
        local id = publish(T, P[i % 64 + 1], qos)
        taken()
        local packet = packets[i % 64 + 1]
        if qos > 0 then
          many(ack(id), 1)
          packet = string.char(50, #packet) .. string.sub(packet, 3, 4 + #T) ..
            string.char((i - i % 256) / 256 % 256, i % 256) .. string.sub(packet, 5 + #T)
        end
        many(packet, 1)
        taken()
      end
    end
    both(1000)
    before = used()
    both(10000)
    before = used() - before
    report("growth" .. qos, before)
  end
end
`;

/** Ringlet. */
export const ringlet = (mode) => `local MODE = "${mode}"${COMMON}
local steps, handlers, come, isSending = {}, {}, 0, false
tmr = { ALARM_SINGLE = 0, create = function()
  return { alarm = function(_, ms, mode, step) steps[#steps + 1] = step end, unregister = function() end }
end }
local socket = { on = function(_, event, f) handlers[event] = f end, close = function() end,
  connect = function() end, send = function() isSending = true end }
net = { TCP = 0, createConnection = function() return socket end }
local base = used()
local ringlet = loadfile("ringlet.lua")()
local loaded = used()
local client = ringlet.connect({ host = "h", clientId = "c" })
if MODE == "heap" then report("loaded", loaded - base) report("client", used() - base) end
steps[1]()
handlers.connection(socket)
local sent, receive = handlers.sent, handlers.receive
local function taken()
  while isSending do
    isSending = false
    sent(socket)
  end
end
taken()
receive(socket, "\\32\\2\\0\\0")
client:subscribe(T, 1, function() come = come + 1 end)
taken()
receive(socket, "\\144\\3\\128\\0\\1")
local function publish(topic, payload, qos) return client:publish(topic, payload, qos) end
local function many(octets) receive(socket, octets) end
${MEASURE}`;

/** luamqtt, found in `folder`. */
export const luamqtt = (mode, folder) => `
package.path = "${folder}/?.lua;${folder}/?/init.lua;" .. package.path
local MODE = "${mode}"${COMMON}
local buffer, at, come = "", 1, 0
local sub = string.sub
local connector = {
  connect = function() return true end,
  shutdown = function() end,
  settimeout = function() end,
  send = function(_, data) return #data end,
  receive = function(_, size)
    local from = at
    at = from + size
    return sub(buffer, from, at - 1)
  end,
}
local base = used()
local mqtt = require("mqtt")
local loaded = used()
local client = mqtt.client({ uri = "h", clean = true, id = "c", connector = connector })
if MODE == "heap" then report("loaded", loaded - base) report("client", used() - base) end
client:on("message", function(message)
  come = come + 1
  if message.qos > 0 then client:acknowledge(message) end
end)
local function taken() end
local function many(octets, count)
  buffer, at = octets, 1
  for i = 1, count do client:_sync_iteration() end
end
client:start_connecting()
many("\\32\\2\\0\\0", 1)
local function publish(topic, payload, qos)
  return client:publish({ topic = topic, payload = payload, qos = qos })
end
${MEASURE}`;
