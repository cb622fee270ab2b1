// SPDX-License-Identifier: MIT
// TLS on NodeMCU, whose module tells of a handshake that failed, and of every other error, by
// "reconnection" alone: a firmware that is made up, as app/modules/tls.c behaves. No cryptography.

import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
// @ts-ignore: the tools are JavaScript
import { openMachine } from "../../tools/lua/machine51.mjs";

const CLOSED = "-31";
/** Before CONNACK; the lean client makes no difference. */
const FAILED = { "ringlet.lua": "-32", "ringlet-lean.lua": CLOSED };

/** Sockets that note their handlers, and timers that fire when they are told to. */
const FIRMWARE = `
local timers, sockets = {}, {}
tmr = { ALARM_SINGLE = 0, create = function()
  local timer = {}
  function timer:alarm(ms, mode, step) timers[self] = step return true end
  function timer:unregister() timers[self] = nil end
  return timer
end }
tls = { createConnection = function()
  local own = { h = {} }
  sockets[#sockets + 1] = own
  function own:on(event, handler) self.h[event] = handler end
  function own:connect(port, host) print("connect " .. port) end
  function own:send(octets) end
  function own:close() print("closes") end
  return own
end }
function newest(event, given)
  local own = sockets[#sockets]
  if own.h[event] then own.h[event](own, given) end
end
function held()
  local count = 0
  for _, own in ipairs(sockets) do for _ in pairs(own.h) do count = count + 1 end end
  return count
end
-- Everything that waits, once.
function later()
  local due = timers
  timers = {}
  for _, step in pairs(due) do step() end
end`;

describe.each(["ringlet.lua", "ringlet-lean.lua"] as const)("TLS of %s on NodeMCU", (file) => {
  const bundle = readFileSync(new URL(`../../dist/lua/${file}`, import.meta.url), "latin1");

  async function said(steps: string): Promise<string[]> {
    const machine = await openMachine();
    const lines: string[] = [];
    machine.onCall((_op: string, line: string) => void lines.push(line));
    machine.run(
      `print = function(s) __js("print", tostring(s)) end ${FIRMWARE}
      ringlet = (function() ${bundle}\nend)()
      client = ringlet.connect({ host = "h", clientId = "c", tls = { insecure = true } })
      client:on("connect", function() print("connected") end)
      client:on("close", function(status) print(status) end)
      ${steps}`,
      "tls",
    );
    machine.close();
    return lines;
  }

  test("tells at once of a handshake that failed, holds nothing of it, and comes back", async () => {
    const lines = await said(`later()
      newest("reconnection", "SSL handshake failed")
      print("holds " .. held())
      later()`);
    expect(lines).toEqual(["connect 8883", "closes", FAILED[file], "holds 0", "connect 8883"]);
  });

  test("tells at once of a connection that was reset", async () => {
    const lines = await said(`later()
      newest("connection")
      newest("sent")
      newest("receive", "\\32\\2\\0\\0")
      newest("reconnection", "Connection reset")
      print("told")
      newest("disconnection")`);
    expect(lines).toEqual(["connect 8883", "connected", "closes", CLOSED, "told"]);
  });
});
