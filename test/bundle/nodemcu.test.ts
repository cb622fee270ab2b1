// SPDX-License-Identifier: MIT
// The minified Lua bundles on Lua machines from npm, 5.1 as on an ESP8266 and 5.3 as on an ESP32, in a
// host that offers what NodeMCU's firmware offers, against a server over real TCP.

import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, onTestFinished, test } from "vitest";
import { brokerOpen, until } from "../boards/broker.js";
// @ts-ignore: the tools are JavaScript
import { openNodemcu } from "../../tools/lua/nodemcu.mjs";

const read = (name: string) =>
  readFileSync(new URL(`../../dist/lua/${name}`, import.meta.url), "latin1");
const files = { "ringlet.lua": read("ringlet.lua"), "ringlet-lean.lua": read("ringlet-lean.lua") };
/** Both again, in files of their own names that load their parts. */
const pieces = Object.fromEntries(
  readdirSync(new URL("../../dist/lua/split/", import.meta.url)).map((name) => [
    name,
    read(`split/${name}`),
  ]),
);
const flavours = ["esp8266", "esp32"] as const;

/** What stands in front of every program: Wi-Fi, and a client whose events are told. */
const prelude = (port: number) => `
  PORT = ${port}
  if wifi.start then wifi.mode(wifi.STATION) wifi.start() wifi.sta.connect() end
  function told(...)
    local line = {}
    for i = 1, select("#", ...) do line[i] = tostring((select(i, ...))) end
    print(table.concat(line, " "))
  end
  function open(options)
    local given = { host = "127.0.0.1", port = ${port}, clientId = "board",
      reconnect = { min = 20, max = 100 } }
    for name, value in pairs(options or {}) do given[name] = value end
    local client = require("ringlet").connect(given)
    if type(client) == "number" then told("refused", client) return end
    for _, event in ipairs({ "connect", "subscribed", "unsubscribed", "delivered", "uncertain",
        "room", "close", "error" }) do
      client:on(event, function(...) told(event, ...) end)
    end
    return client
  end
`;

async function boardOpen(
  flavour: (typeof flavours)[number],
  program: string,
  heap?: (machine: any) => void,
  bundles: Record<string, string> = files,
) {
  const broker = await brokerOpen();
  const lines: string[] = [];
  const board = await openNodemcu({
    flavour,
    files: { ...bundles, "init.lua": prelude(broker.port) + program },
    print: (line: string) => lines.push(line),
  });
  const got: { topic: string; payload: string; qos: number }[] = [];
  broker.aedes.on("publish", (packet, client) => {
    if (!client) return;
    const payload = Buffer.from(packet.payload).toString("latin1");
    got.push({ topic: packet.topic, payload, qos: packet.qos });
  });
  onTestFinished(async () => {
    board.close();
    await broker.close();
  });
  board.wifiUp();
  board.start();
  heap?.(board.machine);
  const tell = async (start: string, count = 1) => {
    await until(() => lines.filter((line) => line.startsWith(start)).length >= count);
    return lines.filter((line) => line.startsWith(start));
  };
  return { board, broker, lines, got, tell };
}

const octets = Array.from({ length: 256 }, (_, i) => String.fromCharCode(i)).join("");

describe.each(flavours)("the bundle on a simulated %s", (flavour) => {
  test("sends and gets all 256 octets at each QoS", async () => {
    const { board, got, tell } = await boardOpen(
      flavour,
      `
      local all = {}
      for i = 0, 255 do all[#all + 1] = string.char(i) end
      all = table.concat(all)
      local c = open()
      c:on("subscribed", function()
        for qos = 0, 2 do told("id", c:publish("all/" .. qos, all, qos) > (qos > 0 and 0 or -1)) end
      end)
      c:subscribe("all/#", 2, function(topic, payload, packet)
        told("message", topic, payload == all, packet.qos, packet.retain, packet.at, packet.total)
      end)`,
    );
    const messages = await tell("message", 3);
    expect(messages.sort()).toEqual([
      "message all/0 true 0 false 0 0",
      "message all/1 true 1 false 0 0",
      "message all/2 true 2 false 0 0",
    ]);
    await tell("delivered", 2);
    expect(got.map(({ payload }) => payload)).toEqual([octets, octets, octets]);
    expect(board.restarts).toEqual([]);
  });

  test("sends and gets long payloads in parts", async () => {
    const { got, tell } = await boardOpen(
      flavour,
      `
      local c = open()
      local seen = ""
      c:on("subscribed", function()
        told("id", c:publishParts("long", 5000, 1, false, function(at, max)
          return string.rep(string.char(97 + at % 26), math.min(max, 700, 5000 - at))
        end) > 0)
      end)
      c:subscribe("long", 1, function(topic, payload, packet)
        seen = seen .. payload
        if packet.at + #payload == packet.total then told("whole", #seen, packet.total) end
      end)`,
    );
    expect(await tell("whole")).toEqual(["whole 5000 5000"]);
    await tell("delivered");
    expect(got[0]!.payload).toHaveLength(5000);
  });

  test("loses nothing and doubles nothing at QoS 1 over broken connections", async () => {
    const { board, broker, got, tell } = await boardOpen(
      flavour,
      `
      local c = open({ cleanSession = false })
      local sent = 0
      local function more()
        while sent < 100 do
          if c:publish("n", sent, 1) < 0 then return end
          sent = sent + 1
        end
      end
      c:on("room", more)
      c:on("connect", function() told("connect") more() end)`,
    );
    for (let i = 1; i <= 5; i++) {
      await until(() => got.length >= i * 15);
      broker.cut();
    }
    await tell("delivered", 100);
    expect([...new Set(got.map(({ payload }) => Number(payload)))]).toEqual(
      Array.from({ length: 100 }, (_, i) => i),
    );
    expect(board.restarts).toEqual([]);
  });

  test("comes back when Wi-Fi goes and comes", async () => {
    const { board, tell } = await boardOpen(
      flavour,
      `
      local c = open()
      c:on("connect", function() told("connect") end)`,
    );
    await tell("connect");
    board.wifiDown({ reset: true });
    await tell("close");
    board.wifiUp();
    await tell("connect", 2);
    expect(board.restarts).toEqual([]);
  });

  test("goes on when an address is none, and holds one client until it has ended", async () => {
    const { board, tell } = await boardOpen(
      flavour,
      `
      local c = open({ host = "256.256.256.256", clientId = "nowhere" })
      c:on("close", function(status)
        told("close", status)
        if status < 0 then c:close() open() end
      end)
      open()`,
    );
    expect(await tell("refused")).toEqual(["refused -8"]);
    await tell("close 0");
    await tell("connect");
    expect((await tell("close"))[0]).toBe("close -32");
    expect(board.restarts).toEqual([]);
  });

  test("holds the next client when the last one is closed, and tells what that drained", async () => {
    const { tell } = await boardOpen(
      flavour,
      `
      local c = open()
      c:on("connect", function()
        c:drain(5000, function(status, left) told("done", status, left) end)
        open()
      end)
      c:on("close", function(status)
        open():on("connect", function() told("second") end)
        told("close", status)
      end)`,
    );
    // The first one has ended, and its DISCONNECT is on its way.
    expect(await tell("refused")).toEqual(["refused -8"]);
    expect(await tell("close")).toEqual(["close 0"]);
    expect(await tell("done")).toEqual(["done 0 0"]);
    await tell("second");
  });

  test("goes on when a handler raises an error", async () => {
    const { board, tell } = await boardOpen(
      flavour,
      `
      local c = open()
      c:on("subscribed", function() c:publish("a", "1", 1) c:publish("a", "2", 1) end)
      c:subscribe("a", 1, function(topic, payload) told("message", payload) error("oops") end)`,
    );
    await tell("message 2");
    await tell("delivered", 2);
    expect((await tell("error", 2)).every((line) => line.includes("oops"))).toBe(true);
    expect(board.restarts).toEqual([]);
  });

  test("drains and ends", async () => {
    const { tell, lines } = await boardOpen(
      flavour,
      `
      local c = open()
      c:publish("last", "words", 2)
      c:drain(5000, function(status, left) told("done", status, left) end)`,
    );
    expect(await tell("done")).toEqual(["done 0 0"]);
    expect(lines.filter((line) => /^(delivered|close)/.test(line))).toHaveLength(2);
  });

  test("refuses options that make no sense", async () => {
    const { tell } = await boardOpen(
      flavour,
      `open({ keepAlive = -1 }) open({ host = "" }) open({ will = { topic = "a/#", payload = "" } })`,
    );
    expect(await tell("refused", 2)).toContain("refused -4");
  });

  test("is there in a lean form", async () => {
    const { got, tell } = await boardOpen(
      flavour,
      `
      local c = require("ringlet-lean").connect({ host = "127.0.0.1", port = LEANPORT, clientId = "l" })
      c:on("connect", function() told("connect") end)
      c:subscribe("lean/+", 0, function(topic, payload)
        told("message", topic, payload)
      end)
      local t = tmr.create()
      t:alarm(200, tmr.ALARM_SINGLE, function() told(c:publish("lean/a", "hello", 0, true)) end)`.replace(
        "LEANPORT",
        "PORT",
      ),
    );
    expect(await tell("message")).toEqual(["message lean/a hello"]);
    expect(got).toEqual([{ topic: "lean/a", payload: "hello", qos: 0 }]);
  });
});

test("no line of a text for a board is longer than its console takes: 255 octets and a newline", () => {
  const folder = new URL("../../dist/", import.meta.url);
  const texts = (readdirSync(folder, { recursive: true }) as string[]).filter((name) =>
    /^(lua|nodemcu-\w+)\/.*\.lua$/.test(name),
  );
  expect(texts.length).toBeGreaterThan(20);
  for (const name of texts) {
    const lines = readFileSync(new URL(name, folder), "latin1").split("\n");
    expect(Math.max(...lines.map((line) => line.length)), name).toBeLessThanOrEqual(255);
  }
});

describe.each(["ringlet", "ringlet-lean"])("%s in files on a simulated esp8266", (name) => {
  test("is loaded by require, connects and publishes", async () => {
    const { board, got, tell } = await boardOpen(
      "esp8266",
      `local c = require("${name}").connect({ host = "127.0.0.1", port = PORT, clientId = "f" })
      c:on("connect", function() c:publish("a", "from files") told("connect") end)`,
      undefined,
      pieces,
    );
    await tell("connect");
    await until(() => got.length > 0);
    expect(got).toEqual([{ topic: "a", payload: "from files", qos: 0 }]);
    expect(board.restarts).toEqual([]);
  });
});

describe("memory on Lua 5.1", () => {
  test("runs out without a restart, and nothing is lost", async () => {
    let machine: any;
    const { board, got } = await boardOpen(
      "esp8266",
      `
      collectgarbage("setpause", 100)
      local c = open({ cleanSession = false, answerMs = 400 })
      local sent = 0
      local function more()
        while sent < 200 do
          if c:publish("n", "message number " .. sent, 1) < 0 then return end
          sent = sent + 1
        end
      end
      -- Handlers run out of memory too, and are not called again.
      tmr.create():alarm(20, tmr.ALARM_AUTO, function() pcall(more) end)`,
      (one) => (machine = one),
    );
    for (let i = 1; i <= 4; i++) {
      await until(() => got.length >= i * 20);
      // Not an octet more than there is: the next allocation fails.
      machine.setMemoryMax(machine.memory());
      await new Promise((done) => setTimeout(done, 30));
      machine.setMemoryMax(64 * 1024 * 1024);
    }
    await until(() => new Set(got.map(({ payload }) => payload)).size === 200);
    const numbers = got.map(({ payload }) => Number(payload.split(" ").at(-1)));
    expect([...new Set(numbers)]).toEqual(Array.from({ length: 200 }, (_, i) => i));
    expect(board.restarts).toEqual([]);
  });

  test("does not grow with messages", async () => {
    const { tell } = await boardOpen(
      "esp8266",
      `
      local c = open({ inFlight = 8 })
      local sent, got, goal, first = 0, 0, 200
      local function more()
        while sent < goal do
          if c:publish("a/b", "payload", 1) < 0 then return end
          sent = sent + 1
        end
      end
      local function used() collectgarbage() collectgarbage() return collectgarbage("count") * 1024 end
      -- With nothing under way, both times.
      local function rest(step) tmr.create():alarm(100, tmr.ALARM_SINGLE, step) end
      c:on("room", more)
      c:on("delivered", function() more() end)
      c:on("subscribed", more)
      c:subscribe("a/+", 1, function()
        got = got + 1
        if got == 200 then rest(function() first = used() goal = 2200 more() end) end
        if got == 2200 then rest(function() told("grown", used() - first) end) end
      end)`,
    );
    const [line] = await tell("grown");
    // Tables that were grown once, not something a message leaves: less than an octet for each.
    expect(Math.abs(Number(line!.split(" ")[1]))).toBeLessThanOrEqual(1024);
  });
});
