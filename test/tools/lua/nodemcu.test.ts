// SPDX-License-Identifier: MIT
// The simulated NodeMCU: its sockets, with each trap, against a real server on loopback.
import type { Socket } from "node:net";
import { describe, expect, it } from "vitest";
import { boot, client, listen, pause, until, type Flavour } from "./boards.js";

const OCTETS = Array.from({ length: 256 }, (_, code) => String.fromCharCode(code)).join("");
const FLAVOURS: Flavour[] = ["esp8266", "esp32"];
const echo = (peer: Socket) => void peer.pipe(peer);

/** What a program of two lines can be: packets of a length octet and a payload, sent in turn. */
const ECHO_CLIENT = `
  local s, queue, buffer, isBusy = net.createConnection(net.TCP, 0), {}, "", false
  local function pump()
    if isBusy or #queue == 0 then return end
    isBusy = true
    s:send(table.remove(queue, 1))
  end
  local function publish(payload)
    queue[#queue + 1] = string.char(#payload) .. payload
    pump()
  end
  s:on("sent", function() isBusy = false pump() end)
  s:on("connection", function() for at = 1, 20 do publish("message " .. at) end end)
  s:on("receive", function(_, data)
    buffer = buffer .. data
    while #buffer > 0 and #buffer > buffer:byte(1) do
      local size = buffer:byte(1)
      print(buffer:sub(2, size + 1))
      buffer = buffer:sub(size + 2)
    end
  end)
  s:connect(PORT, "127.0.0.1")`;

describe.each(FLAVOURS)("sockets of a simulated %s", (flavour) => {
  it("carry a small protocol there and back", async () => {
    const port = await listen(echo);
    const { board, lines } = await boot(flavour, ECHO_CLIENT.replace("PORT", String(port)));
    await until(() => lines.length === 20);
    expect(lines[19]).toBe("message 20");
    expect(board.restarts).toEqual([]);
  });

  it("tell of a connection, a send and data, never from inside a call", async () => {
    const port = await listen(echo);
    const { lines } = await boot(
      flavour,
      `${client(port, `s:on("connection", function(sck) sck:send("x") print("called") end)`)}
      print("made")`,
    );
    await until(() => lines.length === 4);
    expect(lines.slice(0, 2)).toEqual(["made", "called"]);
    expect(lines.slice(2).sort()).toEqual(["receive\ttrue\tx", "sent\ttrue\tnil"]);
  });

  it("carry all 256 octets both ways, in pieces of at most 1,460", async () => {
    let got = "";
    const port = await listen((peer) => {
      peer.on("data", (data) => (got += data.toString("latin1")));
      peer.write(Buffer.from(OCTETS.repeat(20), "latin1"));
    });
    const { lines } = await boot(
      flavour,
      `${client(port)}
      local all, most = "", 0
      s:on("receive", function(sck, data)
        most, all = math.max(most, #data), all .. data
        if #all == 5120 then sck:send(all:sub(1, 256)) print(most) end
      end)`,
    );
    await until(() => got.length === 256);
    expect(got).toBe(OCTETS);
    expect(lines).toContain("1460");
  });

  it("want the port before the host", async () => {
    const { lines } = await boot(
      flavour,
      `s = net.createConnection() print(pcall(s.connect, s, "host", 1883))
      print(pcall(s.connect, s, 0, "127.0.0.1"))`,
    );
    expect(lines[0]).toMatch(/false\t.*bad argument #1 to 'connect' \(number expected, got string/);
    expect(lines[1]).toMatch(/specify port/);
  });

  it("throw on a send that is empty, too long, too early, or before the last one is sent", async () => {
    const port = await listen(() => {});
    const { board, lines } = await boot(
      flavour,
      `s = net.createConnection()
      local function try(data) print((select(2, pcall(s.send, s, data))) or "fine") end
      try("x") try("")
      s:on("connection", function()
        try("") try(("x"):rep(2921)) try(("x"):rep(2920)) try("y")
      end)
      s:on("sent", function() s:on("sent", nil) try("z") end)
      s:connect(${port}, "127.0.0.1")
      try("x")
      print(select(2, pcall(s.connect, s, ${port}, "127.0.0.1")))`,
    );
    await until(() => lines.length === 9);
    const short = lines.map((line) => line.replace(/^.*: /, ""));
    expect(short.slice(0, 4)).toEqual([
      "not connected",
      "no data to send",
      "not connected",
      "already connected",
    ]);
    const rest = ["no data to send", "out of memory", "fine", "send before sent", "fine"];
    expect(short.slice(4)).toEqual(rest);
    expect(board.restarts).toEqual([]);
  });

  it("say where the program called, as the firmware's errors do", async () => {
    const { lines } = await boot(
      flavour,
      `s = net.createConnection()\nprint(pcall(function()\n s:send("") end))`,
    );
    expect(lines).toEqual(["false\tinit.lua:3: no data to send"]);
  });

  it("tell of the other side's end with 0, and of a reset with a negative number", async () => {
    const port = await listen((peer) => peer.end());
    const { lines } = await boot(flavour, client(port));
    await until(() => lines.length === 2);
    expect(lines[1]).toBe("disconnection\ttrue\t0");
    const cruel = await listen((peer) => void peer.on("data", () => peer.resetAndDestroy()));
    const other = await boot(
      flavour,
      client(cruel, `s:on("connection", function(sck) sck:send("x") end)`),
    );
    await until(() => other.lines.some((line) => line.startsWith("disconnection")));
    expect(other.lines.at(-1)).toMatch(/^disconnection\ttrue\t-(9|14)$/);
  });

  it("tell of a refused connection; to `reconnection` alone, if that is listened to", async () => {
    const { lines } = await boot(flavour, client(1));
    await until(() => lines.length === 1);
    expect(lines[0]).toMatch(/^disconnection\ttrue\t-/);
    const more = `s:on("reconnection", function(_, code) print("again", code) end)`;
    const other = await boot(flavour, client(1, more));
    await until(() => other.lines.length === 1);
    await pause(20);
    expect(other.lines).toEqual([expect.stringMatching(/^again\t-/)]);
  });

  it("do not tell of a close of one's own, and refuse a second one", async () => {
    let isOver = false;
    const port = await listen((peer) => void peer.on("end", () => (isOver = true)).resume());
    const more = `s:on("connection", function(sck) sck:close()
      print(select(2, pcall(sck.close, sck))) print(select(2, pcall(sck.send, sck, "x"))) end)`;
    const { board, lines } = await boot(flavour, client(port, more));
    await until(() => isOver);
    await pause(20);
    const short = lines.map((line) => line.replace(/^.*: /, ""));
    expect(short).toEqual(["not connected", "not connected"]);
    expect(board.connections()).toBe(0);
  });

  it("send what was written before a close", async () => {
    let got = "";
    const port = await listen((peer) => void peer.on("data", (data) => (got += data)));
    const more = `s:on("connection", function(sck) sck:send(("x"):rep(2920)) sck:close() end)`;
    await boot(flavour, client(port, more));
    await until(() => got.length === 2920);
  });

  it("take late events for what they are: without the socket, after a close", async () => {
    const port = await listen((peer) => {
      peer.on("data", () => {});
      peer.write("x".repeat(2920));
    });
    const late = { esp8266: "receive", esp32: "sent" }[flavour];
    const more = `s:on("receive", function(sck, data)
      print("receive", sck == s) if sck then sck:send("y") sck:close() end end)`;
    const { lines } = await boot(flavour, client(port, more));
    await until(() => lines.length === 3);
    await pause(20);
    const nothing = flavour === "esp32" ? "\tnil" : "";
    expect(lines.slice(1)).toEqual(["receive\ttrue", `${late}\tfalse${nothing}`]);
  });

  it("refuse unknown events and handlers that are none, and fields of one's own", async () => {
    const { lines } = await boot(
      flavour,
      `s = net.createConnection()
      print(select(2, pcall(s.on, s, "data", print)))
      print(select(2, pcall(s.on, s, "sent", 1)))
      print(s:on("sent", nil))
      print(select(2, pcall(function() s.mine = 1 end)))`,
    );
    const words = ["invalid callback name", "invalid callback function", "", "userdata"];
    words.forEach((word, index) => expect(lines[index]).toContain(word));
  });

  it("are silent while there is no radio, and give up where the test says so", async () => {
    let peers = 0;
    const port = await listen((peer) => {
      peers += 1;
      setInterval(() => peer.write("x"), 5).unref();
    });
    const { board, lines } = await boot(flavour, client(port));
    await until(() => lines.includes("receive\ttrue\tx"));
    board.wifiDown();
    await pause(30);
    const { length } = lines;
    await pause(30);
    expect(lines).toHaveLength(length);
    board.wifiUp();
    await until(() => lines.length > length);
    board.wifiDown({ reset: true });
    await until(() => /^disconnection\ttrue\t-(8|13)$/.test(lines.at(-1)!));
    expect(peers).toBe(1);
  });
});

describe("a socket whose connection has ended", () => {
  const again = (port: number) => `s:on("disconnection", function(sck)
    print("ended")
    tmr.create():alarm(1, tmr.ALARM_SINGLE, function()
      for _, call in ipairs{{"send", "x"}, {"connect", ${port}}, {"close"}} do
        print(select(2, pcall(sck[call[1]], sck, call[2])) or "fine")
      end
    end)
  end)`;

  it("can be connected anew on ESP8266", async () => {
    let count = 0;
    const port = await listen((peer) => (count++ === 0 ? peer.end() : undefined));
    const { lines } = await boot("esp8266", client(port, again(port)));
    await until(() => lines.length >= 5);
    expect(lines.slice(1, 5)).toEqual([
      "ended",
      expect.stringContaining("not connected"),
      "fine",
      "fine",
    ]);
  });

  it("has to be closed on ESP32, and is still connected for `connect`", async () => {
    const port = await listen((peer) => peer.end());
    const { lines } = await boot("esp32", client(port, again(port)));
    await until(() => lines.length >= 5);
    const [, ended, send, connect, close] = lines.map((line) => line.replace(/^.*: /, ""));
    expect([ended, send, connect, close]).toEqual([
      "ended",
      "not connected",
      "already connected",
      "fine",
    ]);
  });

  it.each([
    ["is lost where its own handler connects it anew by address", "127.0.0.1", 1],
    ["is not lost where a name has to be looked up first", "localhost", 2],
  ])("%s, on ESP8266", async (_what, host, connections) => {
    let count = 0;
    const port = await listen((peer) => (count++ === 0 ? peer.end() : undefined));
    const more = `s:on("disconnection", function(sck) sck:connect(${port}, "${host}") end)`;
    const { lines } = await boot("esp8266", client(port, more));
    await until(() => count === 2);
    await pause(30);
    expect(lines).toEqual(Array<string>(connections).fill("connection\ttrue\tnil"));
  });
});
