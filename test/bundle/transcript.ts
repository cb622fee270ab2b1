// SPDX-License-Identifier: MIT
// One dialogue for every engine: what a program does, what the server says, what time passes, and as
// its transcript everything the client sends and tells. A dialogue becomes a program in JavaScript or
// in Lua, with a network, a clock and chance that are made up; the client is the built bundle.

import { octetsOf, publishOf } from "../words.js";

export type Step =
  | ["publish", string, string, number, boolean?]
  | ["parts", string, number, number]
  | ["subscribe" | "unsubscribe", string, number?]
  | ["says", string]
  | ["cut", string, number]
  | ["closes"]
  | ["passes", number]
  | ["end"];

export interface Dialogue {
  title: string;
  options: Record<string, unknown>;
  steps: Step[];
}

const all = Array.from({ length: 256 }, (_, i) => String.fromCharCode(i)).join("");
const says = (...words: string[]): Step => ["says", octetsOf(...words)];

export const dialogues: Dialogue[] = [
  {
    title: "every QoS both ways, all octets, cut at every place",
    options: {
      clientId: "größe",
      username: "user",
      password: "secret",
      keepAlive: 30,
      will: { topic: "gone", payload: "bye", qos: 1, retain: true },
    },
    steps: [
      ["subscribe", "a/+", 2],
      ["publish", "early", "1", 1],
      ["publish", "never", "0", 0],
      says("CONNACK", "SUBACK 32768 2"),
      ["publish", "a/b", all, 0, true],
      ["publish", "a/ö", all, 1],
      ["publish", "a/b", "x".repeat(200), 2],
      ["publish", "a/#", "x", 0],
      says("PUBACK 1", "PUBACK 2", "PUBREC 3"),
      ["cut", publishOf("a/c", all, 1, 7), 1],
      ["cut", publishOf("a/€", all.repeat(2), 2, 8, { retain: true }), 100],
      ["cut", publishOf("b", "nobody's", 0), 3],
      says("PUBLISH 8 q2 dup a/c again", "PUBREL 8", "PUBREL 99", "PUBCOMP 3", "PUBACK 77"),
      ["passes", 40003],
      says("PINGRESP"),
      ["unsubscribe", "a/+"],
      says("UNSUBACK 32769"),
      ["end"],
    ],
  },
  {
    title: "a session over broken connections",
    options: { clientId: "c", cleanSession: false, keepAlive: 0, outbox: 300, inFlight: 4 },
    steps: [
      says("CONNACK"),
      ["subscribe", "s/#", 1],
      ["publish", "t", "one", 1],
      ["publish", "t", "two", 2],
      ["publish", "t", "three", 2],
      ["parts", "t", 90, 1],
      ["publish", "t", "full", 1],
      says("PUBREC 3", "PUBREC 2"),
      ["closes"],
      ["passes", 2003],
      says("CONNACK present", "PUBCOMP 3"),
      ["closes"],
      ["publish", "t", "four", 1],
      ["passes", 2003],
      says("CONNACK"),
      says("SUBACK 32768 128", "PUBACK 1", "PUBACK 4"),
      ["passes", 30003],
      ["passes", 2003],
      says("CONNACK 5"),
      ["passes", 70003],
      says("CONNACK present"),
    ],
  },
  {
    title: "a message whose place in the ring another one has before it is done",
    options: { clientId: "c", cleanSession: false, keepAlive: 0 },
    steps: [
      says("CONNACK"),
      ["publish", "t", "released", 2],
      says("PUBREC 1"),
      ["publish", "t", "in its place", 1],
      says("PUBCOMP 1"),
      ["closes"],
      ["passes", 2003],
      says("CONNACK present", "PUBACK 2"),
    ],
  },
  {
    title: "a server that is wrong, and one that is silent",
    options: { clientId: "c", answerMs: 4000 },
    steps: [
      says("PUBLISH q0 a early"),
      ["passes", 2003],
      says("CONNACK"),
      ["says", "\x30\xff\xff\xff\xff\x01"],
      ["passes", 3003],
      says("CONNACK"),
      ["says", "\x32\x06\0\x01a\0\0x"],
      ["passes", 5003],
      ["passes", 9003],
      ["passes", 9003],
      says("CONNACK", "PUBLISH q0 m hello"),
    ],
  },
];

/** A string of octets in both languages; one of text is written as it is. */
const octets = (text: string, lua: boolean) =>
  `"${[...text].map((c) => (lua ? `\\${String(c.charCodeAt(0)).padStart(3, "0")}` : `\\x${c.charCodeAt(0).toString(16).padStart(2, "0")}`)).join("")}"`;

const utf8 = (text: string) => Buffer.from(text, "utf8").toString("latin1");

function literal(value: unknown, lua: boolean): string {
  if (typeof value === "string") return octets(utf8(value), lua);
  if (typeof value !== "object" || value === null) return String(value);
  const fields = Object.entries(value).map(
    ([name, one]) => `${name}${lua ? " = " : ": "}${literal(one, lua)}`,
  );
  return `{ ${fields.join(", ")} }`;
}

/** The dialogue's steps as calls, each behind a line that says which it is. */
function calls({ options, steps }: Dialogue, lua: boolean): string {
  const self = lua ? "client:" : "client.";
  const lines = [`${lua ? "" : "var "}client = open(${literal(options, lua)})`];
  steps.forEach((step, i) => {
    const [kind] = step;
    const write = (call: string) => lines.push(`step(${i}) ${lua ? "" : ";"} ${call}`);
    switch (step[0]) {
      case "publish": {
        const payload = octets(step[2], lua);
        const topic = octets(utf8(step[1]), lua);
        write(`told(${self}publish(${topic}, ${payload}, ${step[3]}, ${step[4] === true}))`);
        break;
      }
      case "parts":
        write(`told(${self}publishParts("${step[1]}", ${step[2]}, ${step[3]}, false, pull))`);
        break;
      case "subscribe":
        write(`told(${self}subscribe("${step[1]}", ${step[2]}, onMessage))`);
        break;
      case "unsubscribe":
        write(`told(${self}unsubscribe("${step[1]}"))`);
        break;
      case "says":
        write(`says(${octets(step[1], lua)})`);
        break;
      case "cut":
        for (let at = 0; at < step[1].length; at += step[2]) {
          write(`says(${octets(step[1].slice(at, at + step[2]), lua)})`);
        }
        break;
      case "end":
        write(lua ? "client:close()" : "client.end()");
        break;
      default:
        write(`${kind}(${step[1] ?? ""})`);
    }
    lines.push("settle()");
  });
  return lines.join("\n");
}

const EVENTS = ["connect", "subscribed", "unsubscribed", "delivered", "uncertain", "room", "close"];

/**
 * The dialogue as a program in JavaScript, with the bundle in its midst: a module that is required sees
 * the interpreter's own timers while it is loaded, whatever the program calls so.
 */
export function inJavaScript(dialogue: Dialogue, bundle: string): string {
  return `
  function hex(s) {
    for (var i = 0, h = ""; i < s.length; i++) h += (256 + s.charCodeAt(i)).toString(16).substr(1);
    return h;
  }
  function line(s) { print("= " + s); }
  function told(value) { line("told " + value); }
  function step(i) { line("step " + i); }
  var now = 0, timers = [], links = [], link, sent = "", dirty = false;
  // Declared: the interpreter lets nobody assign to what is built in.
  var setTimeout = function (f, ms, a) {
    timers.push({ at: now + (ms < 1 ? 1 : ms), f: f, a: a });
    timers[timers.length - 1].id = timers.length;
    return timers.length;
  };
  var clearTimeout = function (id) { if (id > 0) timers[id - 1].f = undefined; };
  E.hwRand = function () { return 0; };
  function passes(ms) {
    var end = now + ms;
    for (;;) {
      var first;
      first = undefined;
      timers.forEach(function (t) { if (t.f && t.at <= end && (!first || t.at < first.at)) first = t; });
      if (!first) break;
      now = first.at;
      var f = first.f;
      first.f = undefined;
      f(first.a);
      settle();
    }
    now = end;
  }
  var modules = require;
  var require = function (name) { return name === "net" ? net : modules(name); };
  var net = {
    connect: function (options) {
      link = { h: {} };
      var own = link;
      line("open " + options.host);
      own.on = function (event, f) { own.h[event] = f; };
      own.write = function (octets) { sent += octets; dirty = true; };
      own.end = function () { own.isEnded = true; };
      own.removeAllListeners = function () { own.h = {}; if (link === own) link = undefined; };
      return own;
    }
  };
  function settle() {
    while (dirty && link) { dirty = false; if (link.h.drain) link.h.drain(); }
    if (link && link.isEnded) { link.isEnded = false; closes(); }
    if (sent !== "") line("sent " + hex(sent));
    sent = "";
  }
  function says(octets) { if (link && link.h.data) link.h.data(octets); }
  function closes() { if (link && link.h.close) link.h.close(false); }
  var ringlet = (function () { var exports = {}; ${bundle}
    return exports; })();
  function pull(at, max) { return "part".substr(at % 4, Math.min(max, 4 - at % 4, 90 - at)); }
  function octetsOf(s) { return E.isUTF8(s) ? E.fromUTF8(s) : s; }
  function onMessage(topic, payload, p) {
    line(["message", hex(octetsOf(topic)), hex(payload), p.qos, p.retain, p.dup, p.at, p.total].join(" "));
  }
  function open(options) {
    var client = ringlet.connect(Object.assign({ host: "h" }, options));
    [${EVENTS.map((event) => `"${event}"`).join(", ")}].forEach(function (event) {
      client.on(event, function (a, b) {
        line(event + (a === undefined ? "" : " " + a) + (b === undefined ? "" : " " + b));
      });
    });
    client.on("message", onMessage);
    passes(1);
    settle();
    return client;
  }
  ${calls(dialogue, false)}
  line("over");`;
}

/** The same in Lua; `ringlet` is the chunk's result. */
export function inLua(dialogue: Dialogue): string {
  return `
  local now, timers, socket, sent = 0, {}, nil, ""
  local function hex(s) return (string.gsub(s, ".", function(c) return string.format("%02x", string.byte(c)) end)) end
  local function line(s) print("= " .. s) end
  local function told(value) line("told " .. tostring(value)) end
  local function step(i) line("step " .. i) end
  math = setmetatable({ random = function() return 1 end }, { __index = math })
  local settle
  tmr = { ALARM_SINGLE = 0, create = function()
    local timer = {}
    function timer:alarm(ms, mode, f) self.at, self.f = now + ms, f timers[#timers + 1] = self return true end
    function timer:unregister() self.f = nil end
    return timer
  end }
  local function passes(ms)
    local last = now + ms
    while true do
      local first
      for _, t in ipairs(timers) do
        if t.f and t.at <= last and (not first or t.at < first.at) then first = t end
      end
      if not first then break end
      now = first.at
      local f = first.f
      first.f = nil
      f()
      settle()
    end
    now = last
  end
  net = { TCP = 0, createConnection = function()
    local own = { h = {} }
    function own:on(event, f) self.h[event] = f end
    function own:connect(port, host) socket = self line("open " .. host) self.isNew = true end
    function own:send(octets) assert(not self.isBusy and octets ~= "") self.isBusy = true sent = sent .. octets end
    function own:close() if socket == self then socket = nil end end
    return own
  end }
  local function fire(event, given)
    local s = socket
    if s and s.h[event] then s.h[event](s, given) end
  end
  function settle()
    while socket and (socket.isNew or socket.isBusy) do
      local event = socket.isNew and "connection" or "sent"
      if socket.isNew then socket.isNew = false else socket.isBusy = false end
      fire(event)
    end
    if sent ~= "" then line("sent " .. hex(sent)) end
    sent = ""
  end
  local function says(octets) fire("receive", octets) end
  local function closes() fire("disconnection", 0) end
  local function pull(at, max) return string.sub("part", at % 4 + 1, at % 4 + math.min(max, 4 - at % 4, 90 - at)) end
  local function onMessage(topic, payload, p)
    line(table.concat({ "message", hex(topic), hex(payload), p.qos, tostring(p.retain), tostring(p.dup), p.at, p.total }, " "))
  end
  local function open(options)
    options.host = "h"
    local client = ringlet.connect(options)
    for _, event in ipairs({ ${EVENTS.map((event) => `"${event}"`).join(", ")} }) do
      client:on(event, function(a, b)
        line(event .. (a == nil and "" or " " .. tostring(a)) .. (b == nil and "" or " " .. tostring(b)))
      end)
    end
    client:on("message", onMessage)
    passes(1)
    settle()
    return client
  end
  ${calls(dialogue, true)}
  line("over")`;
}
