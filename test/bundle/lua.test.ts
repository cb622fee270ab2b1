// SPDX-License-Identifier: MIT
// The Lua bundle on LuaSocket in real interpreters, which LUA51 and LUA53 name, against mosquitto.

import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { describe, expect, onTestFinished, test } from "vitest";
import { until } from "../boards/broker.js";
import { mosquittoOpen } from "./mosquitto.js";

const dist = fileURLToPath(new URL("../../dist/lua/", import.meta.url));

async function programOpen(binary: string, program: string) {
  const server = await mosquittoOpen(false);
  const code = `package.path = "${dist}?.lua;" .. package.path
    io.stdout:setvbuf("no")
    local ringlet = require("ringlet-socket")
    local function open(options)
      options.host, options.port, options.clientId = "127.0.0.1", ${server.port}, "desk"
      options.reconnect = { min = 20, max = 100 }
      local client = ringlet.connect(options)
      client:on("close", function(status) print("close " .. status) end)
      client:on("error", function(reason) print("error " .. tostring(reason)) end)
      return client
    end
    ${program}
    ringlet.run()
    print("over")`;
  const child = spawn(binary, ["-e", code], { stdio: ["ignore", "pipe", "pipe"] });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("latin1").on("data", (text) => (output += text));
  }
  onTestFinished(async () => {
    child.kill("SIGKILL");
    await server.close();
  });
  const lines = () => output.split("\n").filter((line) => line !== "");
  const tell = async (start: string, count = 1) => {
    await until(() => lines().filter((line) => line.startsWith(start)).length >= count);
    return lines().filter((line) => line.startsWith(start));
  };
  return { server, tell, lines };
}

for (const variable of ["LUA51", "LUA53"]) {
  const binary = process.env[variable];
  const missing = [
    ...(binary ? [] : [`${variable} names no Lua with LuaSocket`]),
    ...(process.env["MOSQUITTO"] ? [] : ["MOSQUITTO names no mosquitto"]),
  ];
  const why = missing.length > 0 ? ` (skipped: ${missing.join(", and ")})` : "";

  describe.skipIf(missing.length > 0)(`the bundle on ${variable}${why}`, () => {
    test("sends and gets all 256 octets at each QoS, and comes to its end", async () => {
      const { tell, lines } = await programOpen(
        binary!,
        `local all = {}
        for i = 0, 255 do all[#all + 1] = string.char(i) end
        all = table.concat(all)
        local c, told = open({}), 0
        c:on("subscribed", function() for qos = 0, 2 do c:publish("d/" .. qos, all, qos) end end)
        c:subscribe("d/+", 2, function(topic, payload, packet)
          print("message " .. topic .. " " .. tostring(payload == all) .. " " .. packet.qos)
          told = told + 1
          if told == 3 then c:drain(2000, function(status, left) print("done " .. status .. " " .. left) end) end
        end)`,
      );
      await tell("over");
      expect((await tell("message", 3)).sort()).toEqual([
        "message d/0 true 0",
        "message d/1 true 1",
        "message d/2 true 2",
      ]);
      expect(lines().filter((line) => /^(done|close)/.test(line))).toEqual(["close 0", "done 0 0"]);
    });

    test("brings everything to a server that was away", async () => {
      const { server, tell, lines } = await programOpen(
        binary!,
        `local c = open({ cleanSession = false })
        local sent, done = 0, 0
        local function more()
          while sent < 300 do
            if c:publish("n", sent, 1) < 0 then return end
            sent = sent + 1
          end
        end
        c:on("room", more)
        c:on("connect", more)
        c:on("delivered", function()
          done = done + 1
          if done % 100 == 0 then print("delivered " .. done) end
        end)`,
      );
      await tell("delivered 100");
      await server.stop();
      await tell("close");
      await server.start();
      await tell("delivered 300");
      expect(lines().filter((one) => one.startsWith("error"))).toEqual([]);
    });
  });
}
