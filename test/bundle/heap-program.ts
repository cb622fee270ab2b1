// SPDX-License-Identifier: MIT
// A program in Lua that runs a client against a server that is made up inside of it, for machines with
// a limit of heap: it connects, subscribes, and has messages at QoS 1 both ways over connections that
// break. The world around the client is small and keeps little, because it is in the same heap.

export interface HeapOptions {
  /** Messages each way. */
  count: number;
  /** Statements that set the limit: behind them nothing is loaded any more. */
  limit: string;
  /** Statements in front of each event. */
  turn?: string;
  /** QoS 0 both ways, what the lean client has: there a message may be lost where a connection breaks. */
  isLean?: boolean;
}

/** The program; it says "done" and how many messages went each way, on how many connections. */
export function heapProgram({ count, limit, turn = "", isLean = false }: HeapOptions): string {
  return `
  local COUNT, CUTS, IS_LEAN = ${count}, 5, ${isLean}
  local timers, queue, socket = {}, {}, nil
  tmr = { ALARM_SINGLE = 0 }
  function tmr.create()
    local timer = {}
    function timer:alarm(ms, mode, step) timers[self] = step end
    function timer:unregister() timers[self] = nil end
    return timer
  end
  -- The server: what it has to say to the newest connection waits in the queue.
  local sub, byte, char = string.sub, string.byte, string.char
  local heard, cuts, given, told, open = {}, 0, 0, 0, {}
  local lastHeard, connections, rest = 0, 0, ""
  local function answer(first, body)
    if first == 16 then queue[#queue + 1] = char(32, 2, cuts > 0 and not IS_LEAN and 1 or 0, 0)
    elseif first == 130 then queue[#queue + 1] = char(144, 3) .. sub(body, 1, 2) .. char(IS_LEAN and 0 or 1)
    elseif first == 192 then queue[#queue + 1] = char(208, 0)
    elseif first == 64 then open[sub(body, 1, 2)] = nil
    elseif first >= 48 and first < 64 then
      local from = 3 + byte(body, 1) * 256 + byte(body, 2)
      if not IS_LEAN then
        queue[#queue + 1] = char(64, 2) .. sub(body, from, from + 1)
        from = from + 2
      end
      local number = tonumber(sub(body, from))
      if number > lastHeard then
        if number > lastHeard + 1 and not IS_LEAN then error("lost a message before " .. number) end
        lastHeard = number
      end
    end
  end
  local function take(octets)
    rest = rest .. octets
    while #rest > 1 and #rest >= 2 + byte(rest, 2) do
      local length = byte(rest, 2)
      answer(byte(rest, 1), sub(rest, 3, 2 + length))
      rest = sub(rest, 3 + length)
    end
  end
  local topic = "\\0\\8down/abc"
  local function packetOf(id, number)
    local text = string.format("%05d degrees", number)
    if IS_LEAN then return char(48, 10 + #text) .. topic .. text end
    return char(50, 12 + #text) .. topic .. id .. text
  end
  -- One message of the server's is under way: what a connection lost is sent again.
  local function give()
    if next(open) or told < given or given >= COUNT then return end
    given = given + 1
    local id = char((given - given % 256) / 256, given % 256)
    if not IS_LEAN then open[id] = given end
    queue[#queue + 1] = packetOf(id, given)
  end
  net = { TCP = 0 }
  function net.createConnection()
    local own, isBusy, isUp = {}, false, false
    connections = connections + 1
    function own:on(event, handler) self[event] = handler end
    function own:connect() socket = self end
    function own:send(octets)
      if isBusy or octets == "" then error("send before sent") end
      isBusy = true
      take(octets)
    end
    function own:close() if socket == self then socket = nil end end
    -- One event, or none.
    function own:go()
      if not isUp then isUp = true self.connection(self)
      elseif isBusy then isBusy = false if self.sent then self.sent(self) end
      elseif #queue > 0 then
        local octets = table.remove(queue, 1)
        if self.receive then self.receive(self, octets) end
      else return false end
      return true
    end
    return own
  end
  local function cut()
    cuts = cuts + 1
    local own = socket
    queue, rest, socket = {}, "", nil
    if IS_LEAN then told = given end
    for id, number in pairs(open) do queue[1] = packetOf(id, number) end
    local again = queue
    queue = {}
    if own and own.disconnection then own.disconnection(own, 0) end
    return again
  end
  ${limit}
  local client = ringlet.connect({ host = "h", clientId = "c", cleanSession = false, keepAlive = IS_LEAN and 60 or 0 })
  if type(client) == "number" then error("refused: " .. client) end
  local sent, online, pending, failed = 0, false, nil, nil
  local function more()
    while sent < COUNT do
      local status = client:publish("up", sent + 1, IS_LEAN and 0 or 1)
      if status < 0 then return end
      sent = sent + 1
    end
  end
  client:on("connect", function() online = true end)
  client:on("close", function() online = false end)
  client:on("room", function() more() end)
  -- Three connections that end early are told; everything else is a fault.
  client:on("error", function(reason) if type(reason) ~= "number" then failed = failed or reason end end)
  client:subscribe("down/#", IS_LEAN and 0 or 1, function(_, payload)
    local number = tonumber(sub(payload, 1, 5))
    if number > told then told = number end
  end)
  local turns = 0
  while lastHeard < COUNT or told < COUNT do
    turns = turns + 1
    ${turn}
    if turns > COUNT * 100 then error("stands still at " .. lastHeard .. " and " .. told) end
    if online then
      if pending then
        for _, packet in ipairs(pending) do queue[#queue + 1] = packet end
        pending = nil
      end
      if sent < COUNT then more() end
      give()
    end
    if cuts < CUTS and lastHeard > (cuts + 1) * COUNT / (CUTS + 2) then pending = cut()
    elseif not (socket and socket:go()) then
      -- Nothing moves: time does.
      local timer, step = next(timers)
      if timer then timers[timer] = nil step() end
    end
  end
  if failed then error(failed) end
  -- Where memory ran out on the way there was one more.
  print("done " .. lastHeard .. " " .. told .. " on " .. connections .. " connections")`;
}
