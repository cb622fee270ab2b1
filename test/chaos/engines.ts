// SPDX-License-Identifier: MIT
// Tapes as programs in JavaScript and in Lua, with a network, a clock and chance that are made up: they
// print what the client sends and tells, line by line, as the tape has it.

import { type Call, FILTERS, type Scenario, TOPICS } from "./script.js";
import type { Tape, TapeStep } from "./world.js";

const EVENTS = [
  "connect",
  "subscribed",
  "unsubscribed",
  "delivered",
  "uncertain",
  "room",
  "close",
  "error",
];

const utf8 = (text: string) => Buffer.from(text, "utf8").toString("latin1");

/** A string of octets in both languages. */
function quote(octets: string, lua: boolean): string {
  const escape = (c: string) => {
    const code = c.charCodeAt(0);
    return lua ? `\\${String(code).padStart(3, "0")}` : `\\x${code.toString(16).padStart(2, "0")}`;
  };
  return `"${octets.replace(/[^ !#-[\]-~]/g, escape)}"`;
}

function literal(value: unknown, lua: boolean): string {
  if (typeof value !== "object" || value === null) {
    return typeof value === "string" ? quote(value, lua) : String(value);
  }
  const fields = Object.entries(value).map(
    ([name, one]) => `${name}${lua ? " = " : ": "}${literal(one, lua)}`,
  );
  return `{ ${fields.join(", ")} }`;
}

function callIn(call: Call, lua: boolean): string {
  const self = lua ? "client:" : "client.";
  const none = lua ? "nil" : "undefined";
  switch (call[0]) {
    case "publish": {
      const [, topic, size, qos, retain, form] = call;
      const name = quote(utf8(TOPICS[topic]!), lua);
      const given = form === 2 ? `${self}topic(${name})` : name;
      return `told(${self}publish(${given}, payload(${size}, ${form === 1}), ${qos}, ${retain === 1}))`;
    }
    case "parts": {
      const [, topic, size, qos, piece] = call;
      return `parts(${quote(utf8(TOPICS[topic]!), lua)}, payload(${size}, false), ${qos}, ${piece})`;
    }
    case "subscribe": {
      const [, filter, qos, handler] = call;
      const given = handler === 1 ? "handler()" : none;
      return `told(${self}subscribe(${quote(utf8(FILTERS[filter]!), lua)}, ${qos}, ${given}))`;
    }
    case "unsubscribe":
      return `told(${self}unsubscribe(${quote(utf8(FILTERS[call[1]]!), lua)}))`;
    case "drain":
      return `${self}drain(${call[1]}, done)`;
    case "end":
      return lua ? "client:close()" : "client.end()";
  }
}

function stepIn(step: TapeStep, lua: boolean): string {
  const end = lua ? " " : "; ";
  if ("call" in step) return `${callIn(step.call, lua)}${end}settle()`;
  if ("says" in step) return `says(${quote(step.says, lua)})${end}settle()`;
  if ("closes" in step) return `closes()${end}settle()`;
  if ("fires" in step) return `fires(${step.fires})`;
  const calls = step.calls.map((call) => callIn(call, lua)).join(end);
  const body = lua ? `function() ${calls} end` : `function () { ${calls} }`;
  return `arm("${step.on}", ${step.throws}, ${body})`;
}

const stepsIn = (tape: Tape, lua: boolean) =>
  tape.steps.map((step) => stepIn(step, lua)).join("\n");

const optionsIn = ({ options }: Scenario, lua: boolean) =>
  literal({ host: "h", clientId: "c", ...options }, lua);

/** A tape as a program in JavaScript, with the bundle in its midst. */
export function tapeInJavaScript(scenario: Scenario, tape: Tape, bundle: string): string {
  return `
  function hex(s) {
    for (var i = 0, h = ""; i < s.length; i++) h += (256 + s.charCodeAt(i)).toString(16).substr(1);
    return h;
  }
  function line(s) { print("= " + s); }
  function told(value) { line("told " + value); }
  var now = 0, timers = [], link, sent = "", dirty = false, count = 0, handlers = 0, on = {};
  var setTimeout = function (f, ms, a) {
    timers.push({ at: now + (ms < 1 ? 1 : ms), f: f, a: a });
    return timers[timers.length - 1];
  };
  var clearTimeout = function (t) {
    var place = timers.indexOf(t);
    if (place >= 0) timers.splice(place, 1);
  };
  E.hwRand = function () { return 0; };
  function fires(until) {
    var first;
    timers.forEach(function (t) { if (t.at <= until && (!first || t.at < first.at)) first = t; });
    if (!first) return;
    now = until;
    timers.splice(timers.indexOf(first), 1);
    first.f(first.a);
    settle();
  }
  var modules = require;
  var require = function (name) { return name === "net" ? net : modules(name); };
  var net = { connect: function () {
    var own = { h: {} };
    link = own;
    line("open");
    own.on = function (event, f) { own.h[event] = f; };
    own.write = function (octets) { sent += octets; dirty = true; };
    own.end = function () { own.isEnded = true; };
    own.removeAllListeners = function () { own.h = {}; if (link === own) link = undefined; };
    dirty = true;
    return own;
  } };
  function settle() {
    while (dirty && link) { dirty = false; if (link.h.drain) link.h.drain(); }
    if (link && link.isEnded) { link.isEnded = false; closes(); }
    if (sent !== "") line("sent " + hex(sent));
    sent = "";
  }
  function says(octets) { if (link && link.h.data) link.h.data(octets); }
  function closes() { if (link && link.h.close) link.h.close(false); }
  function payload(size, binary) {
    for (var p = "m" + (count++) + ".", i = 0; p.length < size; i++)
      p += String.fromCharCode(binary ? (i * 37) % 256 : 97 + (i % 26));
    return p;
  }
  function arm(event, throws, f) { if (!on[event]) on[event] = []; on[event].push([throws, f]); }
  function reacts(event) {
    if (!on[event] || on[event].length < 1) return;
    var reaction = on[event].shift();
    reaction[1]();
    if (reaction[0]) throw new Error("thrown");
  }
  function parts(topic, p, qos, piece) {
    told(client.publishParts(topic, p.length, qos, false, function (at, max) {
      return p.substr(at, Math.min(max, piece));
    }));
  }
  function octetsOf(s) { return E.isUTF8(s) ? E.fromUTF8(s) : s; }
  function onMessage(name) {
    return function (topic, payload, p) {
      line([name, hex(octetsOf(topic)), hex(payload), p.qos, p.retain, p.dup, p.at, p.total].join(" "));
      reacts("message");
    };
  }
  function handler() { return onMessage("handler " + handlers++); }
  function done(status, left) { line("done " + status + " " + left); reacts("done"); }
  var ringlet = (function () { var exports = {}; ${bundle}
    return exports; })();
  var client = ringlet.connect(${optionsIn(scenario, false)});
  ${JSON.stringify(EVENTS)}.forEach(function (event) {
    client.on(event, function (a, b) {
      if (event === "error" && typeof a !== "number") a = "thrown";
      line(event + (a === undefined ? "" : " " + a) + (b === undefined ? "" : " " + b));
      reacts(event);
    });
  });
  client.on("message", onMessage("message"));
  ${stepsIn(tape, false)}
  var s = client.stats();
  line("stats " + s.refused + " " + s.skipped + " " + s.inFlight);
  line("over");`;
}

/** The same in Lua, on NodeMCU's sockets and timers; `ringlet` is the chunk's result. */
export function tapeInLua(scenario: Scenario, tape: Tape): string {
  // A function of Lua 5.1 holds a bounded number of constants.
  const steps = tape.steps.map(
    (step) => `steps[#steps + 1] = function() ${stepIn(step, true)} end`,
  );
  return `
  local now, timers, socket, sent, count, handlers, on = 0, {}, nil, "", 0, 0, {}
  local function hex(s) return (string.gsub(s, ".", function(c) return string.format("%02x", string.byte(c)) end)) end
  local function line(s) print("= " .. s) end
  function told(value) line("told " .. tostring(value)) end
  math = setmetatable({ random = function() return 1 end }, { __index = math })
  tmr = { ALARM_SINGLE = 0, create = function()
    local timer = {}
    function timer:alarm(ms, mode, f) self.at, self.f = now + ms, f timers[#timers + 1] = self return true end
    function timer:unregister() self.f = nil end
    return timer
  end }
  function fires(last)
    local first
    for _, t in ipairs(timers) do
      if t.f and t.at <= last and (not first or t.at < first.at) then first = t end
    end
    if not first then return end
    now = last
    local f = first.f
    first.f = nil
    f()
    settle()
  end
  net = { TCP = 0, createConnection = function()
    local own = { h = {} }
    function own:on(event, f) self.h[event] = f end
    function own:connect() socket = self line("open") self.isNew = true end
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
  function says(octets) fire("receive", octets) end
  function closes() fire("disconnection", 0) end
  function payload(size, binary)
    local p, i = "m" .. count .. ".", 0
    count = count + 1
    while #p < size do
      p = p .. string.char(binary and (i * 37) % 256 or 97 + i % 26)
      i = i + 1
    end
    return p
  end
  function arm(event, throws, f)
    on[event] = on[event] or {}
    table.insert(on[event], { throws, f })
  end
  local function reacts(event)
    if not on[event] or #on[event] < 1 then return end
    local reaction = table.remove(on[event], 1)
    reaction[2]()
    if reaction[1] then error("thrown") end
  end
  function parts(topic, p, qos, piece)
    told(client:publishParts(topic, #p, qos, false, function(at, max)
      return string.sub(p, at + 1, at + math.min(max, piece))
    end))
  end
  local function onMessage(name)
    return function(topic, payload, p)
      line(table.concat({ name, hex(topic), hex(payload), p.qos, tostring(p.retain), tostring(p.dup), p.at, p.total }, " "))
      reacts("message")
    end
  end
  function handler()
    handlers = handlers + 1
    return onMessage("handler " .. handlers - 1)
  end
  function done(status, left) line("done " .. status .. " " .. left) reacts("done") end
  client = ringlet.connect(${optionsIn(scenario, true)})
  for _, event in ipairs({ ${EVENTS.map((event) => `"${event}"`).join(", ")} }) do
    client:on(event, function(a, b)
      if event == "error" and type(a) ~= "number" then a = "thrown" end
      line(event .. (a == nil and "" or " " .. tostring(a)) .. (b == nil and "" or " " .. tostring(b)))
      reacts(event)
    end)
  end
  client:on("message", onMessage("message"))
  local steps = {}
  ${steps.join("\n  ")}
  for _, step in ipairs(steps) do step() end
  local s = client:stats()
  line("stats " .. s.refused .. " " .. s.skipped .. " " .. s.inFlight)
  line("over")`;
}
