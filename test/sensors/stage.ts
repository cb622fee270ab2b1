// SPDX-License-Identifier: MIT
// A stage for drivers: scripted ports, once in JavaScript and once in Lua, on which a driver is run by
// any engine. All it does is written down as lines; a script is the lines that are expected, each with
// what the port answers, and events, which begin with "!". Time is a number.

/** A line that is expected; with it the answer of the port: a number, or octets in hexadecimal. */
export type Step = string | readonly [line: string, answer: number | string];

/** A dialogue of a driver with its ports, its program, and time. */
export interface Dialogue {
  title: string;
  /** What `create` is given: "@i2c" is a port, "$28ff" are octets. */
  given: readonly unknown[];
  steps: readonly Step[];
}

/** The lines a dialogue should leave. */
export const linesOf = ({ steps }: Dialogue): string[] =>
  steps.map((step) => (typeof step === "string" ? step : step[0]));

/**
 * In both languages: a call that is not the next line is looked for further on, up to the next event, and
 * gets the answer of a device that is not there where it is not found; when nothing is pending, what
 * stands before the next event is skipped. A dialogue that went well shows neither.
 */
const JS = `
function hex(s) { var t = ""; for (var i = 0; i < s.length; i++) {
  var c = s.charCodeAt(i); t += (c < 16 ? "0" : "") + c.toString(16); } return t; }
function octets(t) { var s = ""; for (var i = 0; i < t.length; i += 2) {
  s += String.fromCharCode(parseInt(t.substr(i, 2), 16)); } return s; }
function run(script, make) {
  var at = 0, timers = [], now = 0, ears = {}, sensor;
  function call(line, silent) {
    var i = at, step;
    print(line);
    while (i < script.length && script[i][0].charAt(0) !== "!") {
      step = script[i++];
      if (step[0] === line) { at = i; return step.length > 1 ? step[1] : 0; }
    }
    return silent;
  }
  function read(line) { var a = call(line, ""); return a === 0 ? "" : octets(a); }
  function after(step, ms, record) {
    call("after " + ms, 0);
    timers.push({ due: now + ms, step: step, record: record });
    return timers.length;
  }
  function listen(name) { return function (ear, record) { call("watch " + name, 0); ears[name] = [ear, record]; }; }
  function port(name) {
    if (name === "i2c") return { after: after,
      write: function (a, o) { return call("write " + a.toString(16) + " " + hex(o), -40); },
      read: function (a, n) { return read("read " + a.toString(16) + " " + n); } };
    if (name === "ow") return { after: after,
      reset: function () { return call("reset", -40); },
      write: function (o) { call("write " + hex(o), 0); },
      read: function (n) { return read("read " + n); } };
    if (name === "uart") return { after: after, listen: listen(name),
      write: function (o) { return call("write " + hex(o), -40); } };
    if (name === "dht") return { after: after, ask: function (ms, step, record) {
      call("ask " + ms, 0); ears.dht = [step, record]; } };
    return { after: after, watch: listen(name),
      read: function () { return call(name + "?", 0); },
      write: function (v) { call(name + "=" + v, 0); } };
  }
  function done(status, reading) {
    var line = "= " + status;
    if (reading) Object.keys(reading).sort().forEach(function (k) { line += " " + k + "=" + reading[k]; });
    call(line, 0);
  }
  function fire() {
    var first = 0;
    for (var i = 1; i < timers.length; i++) if (timers[i].due < timers[first].due) first = i;
    var timer = timers.splice(first, 1)[0];
    now = timer.due;
    timer.step(timer.record);
  }
  function event(line) {
    var w = line.split(" "), ear = ears[w[1]], r;
    print(line);
    if (w[1] === "timer") { if (timers.length > 0) fire(); }
    else if (w[1] === "uart" || w[1] === "dht") { if (ear) ear[0](ear[1], octets(w[2] || "")); }
    else if (w[1] === "edge") { ear = ears[w[2]]; if (ear) ear[0](ear[1], +w[3], +w[4]); }
    else if (w[1] === "read") sensor.read(done);
    else { r = sensor[w[1]](+w[2], +w[3]); if (r !== undefined) call("-> " + r, 0); }
  }
  sensor = make(port, function () { var a = arguments, l = "told"; for (var i = 0; i < a.length; i++) l += " " + a[i]; call(l, 0); });
  for (var guard = 0; guard < 400; guard++) {
    if (at < script.length && script[at][0].charAt(0) === "!") event(script[at++][0]);
    else if (timers.length > 0) fire();
    else {
      while (at < script.length && script[at][0].charAt(0) !== "!") at++;
      if (at >= script.length) break;
    }
  }
  print("#");
}
`;

const LUA = `
local function hex(s) return (string.gsub(s, ".", function(c) return string.format("%02x", string.byte(c)) end)) end
local function octets(t) return (string.gsub(t, "..", function(c) return string.char(tonumber(c, 16)) end)) end
function run(script, make)
  local at, timers, now, ears, sensor = 1, {}, 0, {}, nil
  local function call(line, silent)
    print(line)
    local i = at
    while script[i] and string.sub(script[i][1], 1, 1) ~= "!" do
      local step = script[i]
      i = i + 1
      if step[1] == line then at = i return step[2] or 0 end
    end
    return silent
  end
  local function read(line) local a = call(line, "") return a == 0 and "" or octets(a) end
  local function after(step, ms, record)
    call("after " .. ms, 0)
    timers[#timers + 1] = { due = now + ms, step = step, record = record }
    return #timers
  end
  local function listen(name) return function(ear, record) call("watch " .. name, 0) ears[name] = { ear, record } end end
  local function port(name)
    if name == "i2c" then return { after = after,
      write = function(a, o) return call(string.format("write %x ", a) .. hex(o), -40) end,
      read = function(a, n) return read(string.format("read %x ", a) .. n) end } end
    if name == "ow" then return { after = after,
      reset = function() return call("reset", -40) end,
      write = function(o) call("write " .. hex(o), 0) end,
      read = function(n) return read("read " .. n) end } end
    if name == "uart" then return { after = after, listen = listen(name),
      write = function(o) return call("write " .. hex(o), -40) end } end
    if name == "dht" then return { after = after, ask = function(ms, step, record)
      call("ask " .. ms, 0) ears.dht = { step, record } end } end
    return { after = after, watch = listen(name),
      read = function() return call(name .. "?", 0) end,
      write = function(v) call(name .. "=" .. v, 0) end }
  end
  local function done(status, reading)
    local line, names = "= " .. status, {}
    for name in pairs(reading or {}) do names[#names + 1] = name end
    table.sort(names)
    for _, name in ipairs(names) do line = line .. " " .. name .. "=" .. tostring(reading[name]) end
    call(line, 0)
  end
  local function fire()
    local first = 1
    for i = 2, #timers do if timers[i].due < timers[first].due then first = i end end
    local timer = table.remove(timers, first)
    now = timer.due
    timer.step(timer.record)
  end
  local function event(line)
    local w = {}
    for word in string.gmatch(line, "%S+") do w[#w + 1] = word end
    local ear = ears[w[2]]
    print(line)
    if w[2] == "timer" then if #timers > 0 then fire() end
    elseif w[2] == "uart" or w[2] == "dht" then if ear then ear[1](ear[2], octets(w[3] or "")) end
    elseif w[2] == "edge" then ear = ears[w[3]] if ear then ear[1](ear[2], tonumber(w[4]), tonumber(w[5])) end
    elseif w[2] == "read" then sensor:read(done)
    else
      local r = sensor[w[2]](sensor, tonumber(w[3] or ""), tonumber(w[4] or ""))
      if r ~= nil then call("-> " .. tostring(r), 0) end
    end
  end
  sensor = make(port, function(...) local l = "told" for i = 1, select("#", ...) do l = l .. " " .. tostring((select(i, ...))) end call(l, 0) end)
  for _ = 1, 400 do
    if script[at] and string.sub(script[at][1], 1, 1) == "!" then at = at + 1 event(script[at - 1][1])
    elseif #timers > 0 then fire()
    else
      while script[at] and string.sub(script[at][1], 1, 1) ~= "!" do at = at + 1 end
      if not script[at] then break end
    end
  end
  print("#")
end
`;

const stepOf = (step: Step): readonly unknown[] => (typeof step === "string" ? [step] : step);

function literal(value: unknown, isLua: boolean): string {
  if (typeof value === "string" && value.startsWith("@")) return `port("${value.slice(1)}")`;
  if (value === "&") return "told";
  if (typeof value === "string" && value.startsWith("$")) {
    const codes = Buffer.from(value.slice(1), "hex").join(",");
    return `${isLua ? "string.char" : "String.fromCharCode"}(${codes})`;
  }
  if (Array.isArray(value)) {
    const items = value.map((item) => literal(item, isLua)).join(",");
    return isLua ? `{${items}}` : `[${items}]`;
  }
  if (typeof value === "object" && value !== null) {
    const fields = Object.entries(value).map(
      ([name, item]) => `${name}${isLua ? "=" : ":"}${literal(item, isLua)}`,
    );
    return `{${fields.join(",")}}`;
  }
  return JSON.stringify(value);
}

/** The dialogues as a program for JavaScript; `driver` is the module. */
export function inJavaScript(dialogues: readonly Dialogue[]): string {
  const runs = dialogues.map(({ given, steps }) => {
    const args = given.map((one) => literal(one, false)).join(",");
    const script = JSON.stringify(steps.map(stepOf));
    return `run(${script}, function (port, told) { return driver.create(${args}); });`;
  });
  return `${JS}\n${runs.join("\n")}\n`;
}

/** The dialogues as a program for Lua; `driver` is the module. */
export function inLua(dialogues: readonly Dialogue[]): string {
  const runs = dialogues.map(({ given, steps }) => {
    const args = given.map((one) => literal(one, true)).join(",");
    const script = steps.map(
      (step) =>
        `{${stepOf(step)
          .map((x) => JSON.stringify(x))
          .join(",")}}`,
    );
    return `run({${script.join(",")}}, function(port, told) return driver.create(${args}) end)`;
  });
  return `${LUA}\n${runs.join("\n")}\n`;
}

/** What was printed, cut into dialogues. */
export function transcripts(lines: readonly string[]): string[][] {
  const all: string[][] = [];
  let own: string[] = [];
  for (const line of lines) {
    if (line === "#") {
      all.push(own);
      own = [];
    } else own.push(line);
  }
  return all;
}
