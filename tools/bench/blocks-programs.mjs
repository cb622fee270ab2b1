// SPDX-License-Identifier: MIT
// A row of blocks.mjs as a program in JavaScript or in Lua, on a link and with timers that are made up.

const escaped = (text, octet) =>
  `"${[...text].map((c) => (/[\w/]/.test(c) ? c : octet(c.charCodeAt(0)))).join("")}"`;
const inJavaScript = (value) =>
  typeof value === "string"
    ? escaped(value, (c) => `\\x${c.toString(16).padStart(2, "0")}`)
    : JSON.stringify(value);
const inLua = (value) => {
  if (typeof value === "string") return escaped(value, (c) => `\\${String(c).padStart(3, "0")}`);
  if (typeof value !== "object") return String(value);
  return `{ ${Object.entries(value)
    .map(([k, v]) => `${k} = ${inLua(v)}`)
    .join(", ")} }`;
};

/** The calls of a row in one language; `host` are those that are not the client's. */
const lines = (calls, literal, dot, host) =>
  calls
    .map(([name, ...given]) => {
      const list = given.map(literal).join(", ");
      return host[name] ?? (name === "says" ? `says(${list})` : `client${dot}${name}(${list})`);
    })
    .join("\n");
const javaScript = (calls) =>
  lines(calls, inJavaScript, ".", {
    closes: "handlers.close(false)",
    drained: 'sent = ""; handlers.drain()',
  });
const lua = (calls) =>
  lines(calls, inLua, ":", {
    closes: "handlers.disconnection(socket)",
    drained: "handlers.sent(socket)",
  });

/** Reports what is in use before and behind what the row does. */
export function espruinoProgram({ options = {}, before = [], does = [] }) {
  return `
var handlers = {}, sent = "", client = 0, first = 0, last = 0, ringlet = 0;
var socket = {
  on: function(event, f) { handlers[event] = f; },
  write: function(octets) { sent += octets; },
  end: function() {},
  removeAllListeners: function() {}
};
Modules.addCached("net", "exports.connect=function(){return global.socket};");
ringlet = require("ringlet");
E.hwRand = function() { return 0; };
var says = function(octets) { handlers.data(octets); };
var used = function() { return process.memory().usage; };
client = ringlet.connect(Object.assign({ host: "h", clientId: "c", keepAlive: 0 }, ${JSON.stringify(options)}));
client.on("message", function() {});
var fill = function() {
${javaScript(does)}
};
var start = function() {
  says("\\x20\\x02\\x00\\x00");
  handlers.drain();
  sent = "";
  ${javaScript(before)}
  first = used();
  fill();
  last = used();
  report({ first: first, last: last, done: true });
};
setTimeout(start, 20);
`;
}

/** The same in Lua. */
export function luaProgram({ options = {}, before = [], does = [] }) {
  return `
local function used() collectgarbage() collectgarbage() return collectgarbage("count") * 1024 end
local steps, handlers = {}, {}
math = setmetatable({ random = function() return 1 end }, { __index = math })
tmr = { ALARM_SINGLE = 0, create = function()
  return { alarm = function(_, ms, mode, step) steps[#steps + 1] = step end, unregister = function() end }
end }
local socket = { on = function(_, event, f) handlers[event] = f end, close = function() end,
  connect = function() end, send = function() end }
net = { TCP = 0, createConnection = function() return socket end }
local base = used()
local ringlet = (loadfile("ringlet.lua"))()
local loaded = used() - base
local client = ringlet.connect(${inLua({ host: "h", clientId: "c", keepAlive: 0, ...options })})
client:on("message", function() end)
steps[1]()
local function says(octets) handlers.receive(socket, octets) end
handlers.connection(socket)
says("\\032\\002\\000\\000")
handlers.sent(socket)
${lua(before)}
local function fill()
${lua(does)}
end
local first = used()
fill()
local last = used()
print("=" .. loaded .. " " .. first - base - loaded .. " " .. last - base - loaded .. "=")
`;
}
