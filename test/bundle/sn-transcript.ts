// SPDX-License-Identifier: MIT
// Dialogues of the MQTT-SN bundles for every engine, as transcript.ts has them for MQTT: what a program does,
// what gateways say, what time passes; the transcript is everything that is sent and told.

import { encodeFrame } from "../../src/sn/frame.js";
import { frame, octetsOf } from "../sn/words.js";

export type SnStep =
  | ["publish", string, string, number, boolean?]
  | ["subscribe", string, number]
  | ["unsubscribe", string]
  | ["sleep", number]
  | ["will", string]
  | ["drain", number]
  | ["says", string, (string | undefined)?]
  | ["passes", number]
  | ["end"];

export interface SnDialogue {
  title: string;
  options: Record<string, unknown>;
  /** Whether the client is joined by a stream, in place of UDP. */
  isStream?: boolean;
  steps: SnStep[];
}

const all = Array.from({ length: 256 }, (_, i) => String.fromCharCode(i)).join("");
const says = (words: string, from?: string): SnStep => ["says", octetsOf(words), from];
/** Messages as they come over a stream, cut into pieces of `size` octets. */
const streams = (size: number, ...words: string[]): SnStep[] => {
  const octets = words.map((word) => encodeFrame(octetsOf(word))).join("");
  const steps: SnStep[] = [];
  for (let at = 0; at < octets.length; at += size)
    steps.push(["says", octets.slice(at, at + size)]);
  return steps;
};

export const snDialogues: SnDialogue[] = [
  {
    title: "every QoS both ways, a will, topics of every kind, all octets",
    options: {
      host: "10.0.0.1",
      clientId: "größe",
      keepAlive: 30,
      will: { topic: "gone", payload: "bye", qos: 1, retain: true },
      predefined: { "known/well": 513 },
    },
    steps: [
      ["publish", "early/one", "1", 1],
      ["publish", "ab", "no connection", -1],
      says("WILLTOPICREQ"),
      says("WILLMSGREQ"),
      says("CONNACK 0"),
      says("REGACK 5 2 0"),
      says("PUBACK 5 1 0"),
      ["subscribe", "a/+", 2],
      says("SUBACK q2 0 3 0"),
      ["subscribe", "größe/x", 1],
      says("SUBACK q1 6 4 0"),
      ["publish", "known/well", all, 2, true],
      says("PUBREC 5"),
      says("PUBCOMP 5"),
      ["publish", "ab", "x".repeat(300), 0],
      ["publish", "a/#", "x", 0],
      says("REGISTER 9 1 a/\xc3\xb6"),
      ["says", frame(0x0c, "\x40\0\x09\0\x07" + all)],
      says("PUBLISH 7 q2 dup #9 twice"),
      says("PUBREL 7"),
      says("PUBLISH 8 q1 retain #6 here"),
      says("PUBLISH q0 =513 five"),
      says("PUBLISH 9 q1 #99 unknown"),
      says("PUBLISH q0 'zz' nobody's"),
      says("REGISTER 10 2 a/+"),
      says("PUBLISH 3 q1 #10 refused"),
      ["says", "\x07\x0c\x22ab\0\0"],
      ["says", "\x03\x0d"],
      says("PINGREQ"),
      ["passes", 22503],
      says("PINGRESP"),
      ["unsubscribe", "a/+"],
      says("UNSUBACK 6"),
      ["end"],
      says("DISCONNECT"),
    ],
  },
  {
    title: "lost answers, lost gateways, refusals",
    options: {
      host: "10.0.0.1",
      gateways: [{ host: "10.0.0.2", port: 10000 }],
      clientId: "c",
      cleanSession: false,
      retries: 1,
      waitMs: 50000,
    },
    steps: [
      says("CONNACK 0", "10.0.0.9"),
      says("DISCONNECT", "10.0.0.1"),
      ["publish", "t/1", "one", 1],
      ["passes", 10003],
      ["subscribe", "s/1", 1],
      says("REGACK 4 2 0", "10.0.0.9"),
      says("SUBACK q1 7 3 0", "10.0.0.9"),
      ["passes", 10003],
      ["passes", 20003],
      ["passes", 2003],
      says("CONNACK 0", "10.0.0.2"),
      says("SUBACK q1 8 3 0", "10.0.0.2"),
      says("REGACK 9 4 0", "10.0.0.2"),
      says("PUBACK 9 1 2", "10.0.0.2"),
      says("REGACK 10 5 0", "10.0.0.2"),
      says("PUBACK 10 1 1", "10.0.0.2"),
      ["passes", 50003],
      says("PINGRESP", "10.0.0.2"),
      says("PUBACK 10 1 3", "10.0.0.2"),
      ["publish", "t/1", "two", 2],
      says("REGACK 11 7 0", "10.0.0.2"),
      says("PUBREC 6", "10.0.0.2"),
      says("DISCONNECT", "10.0.0.2"),
      ["passes", 2003],
      says("CONNACK 1", "10.0.0.2"),
      ["passes", 4003],
      says("CONNACK 0", "10.0.0.1"),
      says("SUBACK q0 0 3 3", "10.0.0.1"),
      says("PUBCOMP 6", "10.0.0.1"),
      ["drain", 5000],
      ["passes", 20003],
    ],
  },
  {
    title: "a search, sleep, waking up, and a forwarder",
    options: {
      search: { host: "225.1.1.1", port: 1884, radius: 1 },
      clientId: "c",
      nodeId: "\x01\x02",
    },
    steps: [
      ["passes", 3],
      ["says", "\x05\xfe\0\x01\x02" + octetsOf("SEARCHGW 1"), "10.0.0.8"],
      ["passes", 2003],
      ["says", "\x05\xfe\0\x01\x02" + octetsOf("ADVERTISE 2 1"), "10.0.0.6"],
      ["says", "\x05\xfe\0\x01\x02" + octetsOf("GWINFO 3 0a000007075b"), "10.0.0.8"],
      ["passes", 20003],
      ["passes", 20003],
      ["passes", 3],
      ["says", "\x05\xfe\0\x01\x03" + octetsOf("CONNACK 0"), "10.0.0.7"],
      ["says", "\x05\xfe\0\x01\x02" + octetsOf("CONNACK 0"), "10.0.0.7"],
      ["sleep", 60],
      ["says", "\x05\xfe\0\x01\x02" + octetsOf("DISCONNECT"), "10.0.0.7"],
      ["passes", 30003],
      ["says", "\x05\xfe\0\x01\x02" + octetsOf("REGISTER 4 1 n/1"), "10.0.0.7"],
      ["says", "\x05\xfe\0\x01\x02" + octetsOf("PINGRESP"), "10.0.0.7"],
      ["says", "\x05\xfe\0\x01\x02" + octetsOf("PUBLISH 2 q1 #4 late"), "10.0.0.7"],
      ["passes", 2003],
      ["publish", "n/1", "awake", 1],
      ["says", "\x05\xfe\0\x01\x02" + octetsOf("CONNACK 0"), "10.0.0.7"],
      ["says", "\x05\xfe\0\x01\x02" + octetsOf("PUBACK 4 1 0"), "10.0.0.7"],
      ["passes", 42503],
      ["passes", 200003],
      ["sleep", 99999],
    ],
  },
  {
    title: "the same over a stream, with foreign octets in between",
    options: { clientId: "c", retries: 2, willUpdate: true },
    isStream: true,
    steps: [
      ["passes", 2003],
      ["says", "\r\n>echo~"],
      ...streams(3, "CONNACK 0"),
      ["subscribe", "a/#", 1],
      ["says", "\x11\x13"],
      ...streams(7, "SUBACK q1 0 1 0", "REGISTER 785 2 a/~}"),
      ["says", encodeFrame(octetsOf("PUBLISH 3 q1 #785 cut")).slice(0, 9)],
      ["says", "garbage~"],
      ...streams(5, "PUBLISH 4 q1 #785 whole ~}\x03\x11\x13"),
      ["publish", "ab", all.slice(0, 40), 1],
      ...streams(50, "PUBACK 0 2 0"),
      ["will", "w/t"],
      ...streams(50, "WILLTOPICRESP 0", "WILLMSGRESP 0"),
      ["will", "w/u"],
      ...streams(50, "WILLTOPICRESP 3", "WILLTOPICREQ", "WILLMSGREQ", "CONNACK 0"),
      ["end"],
      ...streams(50, "DISCONNECT"),
    ],
  },
];

const octets = (text: string, lua: boolean) =>
  `"${[...text].map((c) => (lua ? `\\${String(c.charCodeAt(0)).padStart(3, "0")}` : `\\x${c.charCodeAt(0).toString(16).padStart(2, "0")}`)).join("")}"`;

const utf8 = (text: string) => Buffer.from(text, "utf8").toString("latin1");

function literal(value: unknown, lua: boolean, name = ""): string {
  if (typeof value === "string") return octets(name === "nodeId" ? value : utf8(value), lua);
  if (typeof value !== "object" || value === null) return String(value);
  if (Array.isArray(value)) {
    const items = value.map((one) => literal(one, lua)).join(", ");
    return lua ? `{ ${items} }` : `[${items}]`;
  }
  const fields = Object.entries(value).map(([key, one]) => {
    const written = /^\w+$/.test(key) ? key : lua ? `["${key}"]` : `"${key}"`;
    return `${written}${lua ? " = " : ": "}${literal(one, lua, key)}`;
  });
  return `{ ${fields.join(", ")} }`;
}

function calls({ options, steps }: SnDialogue, lua: boolean): string {
  const self = lua ? "client:" : "client.";
  const lines = [`${lua ? "" : "var "}client = open(${literal(options, lua)})`];
  const text = (given: string) => octets(utf8(given), lua);
  steps.forEach((step, i) => {
    const write = (call: string) => lines.push(`step(${i}) ${lua ? "" : ";"} ${call}`);
    switch (step[0]) {
      case "publish":
        write(
          `told(${self}publish(${text(step[1])}, ${octets(step[2], lua)}, ${step[3]}, ${step[4] === true}))`,
        );
        break;
      case "subscribe":
        write(`told(${self}subscribe(${text(step[1])}, ${step[2]}, onMessage))`);
        break;
      case "unsubscribe":
        write(`told(${self}unsubscribe(${text(step[1])}))`);
        break;
      case "sleep":
        write(`told(${self}sleep(${step[1]}))`);
        break;
      case "will":
        write(`told(${self}will(${literal({ topic: step[1], payload: "x" }, lua)}))`);
        break;
      case "drain":
        write(`${self}drain(${step[1]}, drained)`);
        break;
      case "says":
        write(`says(${octets(step[1], lua)}, "${step[2] ?? "10.0.0.1"}")`);
        break;
      case "end":
        write(lua ? "client:close()" : "client.end()");
        break;
      default:
        write(`passes(${step[1]})`);
    }
    lines.push("settle()");
  });
  return lines.join("\n");
}

const EVENTS =
  "connect subscribed unsubscribed delivered refused uncertain asleep room close error".split(" ");
const names = EVENTS.map((event) => `"${event}"`).join(", ");

/** The dialogue as a program in JavaScript, with the bundle in its midst. */
export function snInJavaScript(dialogue: SnDialogue, bundle: string): string {
  return `
  function hex(s) {
    for (var i = 0, h = ""; i < s.length; i++) h += (256 + s.charCodeAt(i)).toString(16).substr(1);
    return h;
  }
  function line(s) { print("= " + s); }
  function told(value) { line("told " + value); }
  function step(i) { line("step " + i); }
  function drained(status, left) { line("drained " + status + " " + left); }
  var now = 0, timers = [], link;
  var setTimeout = function (f, ms, a) {
    timers.push({ at: now + (ms < 1 ? 1 : ms), f: f, a: a });
    timers[timers.length - 1].id = timers.length;
    return timers.length;
  };
  var clearTimeout = function (id) { if (id > 0) timers[id - 1].f = undefined; };
  E.hwRand = function () { return 0; };
  var getTime = function () { return now / 1000; };
  function settle() {}
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
    }
    now = end;
  }
  function opened() {
    line("open");
    link = { h: {} };
    link.on = function (event, f) { link.h[event] = f; };
    link.removeAllListeners = function () { link.h = {}; };
    link.close = function () { line("shut"); };
    link.send = function (octets, port, host) { line("sent " + host + " " + port + " " + hex(octets)); };
    link.write = function (octets) { line("sent " + hex(octets)); };
    return link;
  }
  function says(octets, host) {
    var f = link.h[${dialogue.isStream ? '"data"' : '"message"'}];
    if (f) f(octets, { address: host, port: host === "10.0.0.2" ? 10000 : 1883 });
  }
  var modules = require;
  var require = function (name) { return name === "dgram" ? { createSocket: opened } : modules(name); };
  var ringlet = (function () { var exports = {}; ${bundle}
    return exports; })();
  function octetsOf(s) { return E.isUTF8(s) ? E.fromUTF8(s) : s; }
  function onMessage(topic, payload, p) {
    line(["message", hex(octetsOf(topic)), hex(payload), p.qos, p.retain, p.dup].join(" "));
  }
  function open(options) {
    ${dialogue.isStream ? "options.stream = opened();" : ""}
    var client = ringlet.connect(options);
    [${names}].forEach(function (event) {
      client.on(event, function (a, b) {
        line(event + (a === undefined ? "" : " " + a) + (b === undefined ? "" : " " + b));
      });
    });
    client.on("message", onMessage);
    passes(1);
    return client;
  }
  ${calls(dialogue, false)}
  var s = client.stats();
  line(["stats", s.reconnects, s.refused, s.skipped, s.inFlight].join(" "));
  line("over");`;
}

/** The same in Lua; `ringlet` is the chunk's result. */
export function snInLua(dialogue: SnDialogue): string {
  return `
  local now, timers, received = 0, {}, nil
  local function hex(s) return (string.gsub(s, ".", function(c) return string.format("%02x", string.byte(c)) end)) end
  local function line(s) print("= " .. s) end
  local function told(value) line("told " .. tostring(value)) end
  local function step(i) line("step " .. i) end
  local function drained(status, left) line("drained " .. status .. " " .. left) end
  local function settle() end
  math = setmetatable({ random = function() return 1 end }, { __index = math })
  tmr = { ALARM_SINGLE = 0, time = function() return now / 1000 end, create = function()
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
    end
    now = last
  end
  net = { createUDPSocket = function()
    line("open")
    local own = {}
    function own:listen() end
    function own:on(event, f) received = f end
    function own:send(port, host, octets) line("sent " .. host .. " " .. port .. " " .. hex(octets)) end
    function own:close() received = nil line("shut") end
    return own
  end }
  local function says(octets, host)
    if received then received(nil, octets, host == "10.0.0.2" and 10000 or 1883, host) end
  end
  local function onMessage(topic, payload, p)
    line(table.concat({ "message", hex(topic), hex(payload), p.qos, tostring(p.retain), tostring(p.dup) }, " "))
  end
  local function open(options)
    if ${dialogue.isStream === true} then
      line("open")
      options.stream = {
        write = function(octets) line("sent " .. hex(octets)) end,
        on = function(f) received = f and function(_, octets) f(octets) end end,
      }
    end
    local client = ringlet.connect(options)
    for _, event in ipairs({ ${names} }) do
      client:on(event, function(a, b)
        line(event .. (a == nil and "" or " " .. tostring(a)) .. (b == nil and "" or " " .. tostring(b)))
      end)
    end
    client:on("message", onMessage)
    passes(1)
    return client
  end
  ${calls(dialogue, true)}
  local s = client:stats()
  line(table.concat({ "stats", s.reconnects, s.refused, s.skipped, s.inFlight }, " "))
  line("over")`;
}
