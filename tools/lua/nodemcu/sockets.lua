-- SPDX-License-Identifier: MIT
-- NodeMCU's `net`, TCP clients only: an object is {id, handlers}. Which calls fail and which events
-- come is decided in sockets.mjs.

local host = __host
local js = host.js
local isNew = host.isNew
local events = host.events
local integer = host.integer
local text = host.text
local opaque = host.opaque

local EVENTS = {
  connection = true, disconnection = true, reconnection = true, receive = true, sent = true,
  dns = true,
}
-- Those the firmware holds on to, and those a late event can still reach.
local held, known = {}, setmetatable({}, { __mode = "v" })
local socketCount = 0
local socket = {}

local function attempt(...)
  local problem = js(...)
  if problem then error(problem, 3) end
end

function socket.on(self, event, handler)
  event = text(event, 1, "on")
  if not EVENTS[event] then error("invalid callback name", 2) end
  if handler ~= nil and type(handler) ~= "function" then error("invalid callback function", 2) end
  self[2][event] = handler
end

function socket.connect(self, port, host)
  port = integer(port, 1, "connect")
  local name = type(host) == "number" and tostring(host) or host
  attempt("net.connect", self[1], port, type(name) == "string" and name or "127.0.0.1")
  held[self[1]] = self
end

function socket.send(self, data, handler)
  data = text(data, 1, "send")
  if type(handler) == "function" then self[2].sent = handler end
  attempt("net.send", self[1], data)
end

function socket.close(self)
  attempt("net.close", self[1])
  held[self[1]] = nil
end

function socket.getpeer(self) return js("net.peer", self[1]) end
function socket.hold() end
function socket.unhold() end

-- `isGone`: the firmware has let go of the socket, and hands out nil in its place.
events.net = function(id, event, value, isGone)
  local self = known[id]
  if not self then return end
  if event == "error" then
    event = value ~= 0 and self[2].reconnection and "reconnection" or "disconnection"
    held[id] = nil
  end
  local handler = self[2][event]
  if not handler then return end
  local subject = self
  if isGone then subject = nil end
  if value == nil then handler(subject) else handler(subject, value) end
end

local socketMeta = opaque(socket)
net = { TCP = 1, UDP = 2 }
function net.createConnection(kind, isSecure)
  if kind ~= nil and kind ~= net.TCP then error("invalid type", 2) end
  if isNew and isSecure and isSecure ~= 0 then error("secure connections not enabled", 2) end
  socketCount = socketCount + 1
  js("net.create", socketCount)
  local self = setmetatable({ socketCount, {} }, socketMeta)
  known[socketCount] = self
  return self
end
