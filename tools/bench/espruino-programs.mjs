// SPDX-License-Identifier: MIT
// The programs that run on the interpreter: the same loops for each client. Publishing is timed
// inside a turn, over batches of 25, and the middle one of all batches counts; receiving is timed
// from the first message of a burst to its last.

import { PAYLOAD, TOPICS } from "./sink.mjs";

/** Eight filters, five with wildcards; each of the four topics matches one of them. */
const FILTERS = [
  TOPICS[0],
  "home/+/light",
  "ringlet/+/3",
  "alarm/#",
  TOPICS[1],
  "home/kitchen/#",
  "ringlet/+/4",
  "status/node1",
];

const COMMON = `
var T = ${JSON.stringify(TOPICS)}, P = "${PAYLOAD}";
`;

/** How each client is made and used. Messages that come in are given to \`got\`. */
export const CLIENTS = {
  ringlet: {
    module: "ringlet",
    make: (port, options) => `
client = require("ringlet").connect(Object.assign(
  { host: "127.0.0.1", port: ${port}, clientId: "bench" }, ${JSON.stringify(options)}));
`,
    start: `client.on("connect", function() { setTimeout(begin, 20); });`,
    idle: "client.stats().inFlight === 0",
    publish: (topic, qos) => `client.publish(${topic}, P${qos > 0 ? ", " + qos : ""})`,
    listen: (filters, qos) =>
      filters.map((f) => `client.subscribe("${f}", ${qos}, got);`).join("\n"),
  },
  mqtt: {
    module: "MQTT",
    make: (port) => `
client = require("MQTT").create("127.0.0.1", { port: ${port}, client_id: "bench" });
`,
    start: `client.on("connected", function() { setTimeout(begin, 20); }); client.connect();`,
    idle: "true",
    publish: (topic, qos) => `client.publish(${topic}, P${qos > 0 ? `, { qos: ${qos} }` : ""})`,
    // It has one event for all; handlers by filter are left to the program.
    listen: (filters, qos) =>
      `client.on("message", got);\n` +
      filters.map((f) => `client.subscribe("${f}", { qos: ${qos} });`).join("\n"),
  },
};

/** Loads the module into RAM, makes a client and connects it; then \`begin\` is called. */
export const opened = (client, port, options) => `
Modules.addCached("${client.module}", require("fs").readFileSync("${client.module}.js"));
var client, idle = function() { return ${client.idle}; };
${client.make(port, options)}
${client.start}
`;

/** `row` becomes the middle of 60 batches of 25 `step`s, in µs a step. */
const batches = (row, step, next, collect) => `
var ${row} = function() {
  var times = [];
  var batch = function() {
    if (!idle()) { setTimeout(batch, 2); return; }
    ${collect ? "process.memory();" : ""}
    var t = getTime();
    for (var i = 0; i < 25; i++) ${step};
    times.push(getTime() - t);
    if (times.length < 60) setTimeout(batch, 3);
    else { report({ ${row}: middle(times) / 25 * 1e6 }); setTimeout(${next}, 20); }
  };
  batch();
};
`;

/** Publishing, from a module in RAM; `collect` collects garbage before each batch. */
export function publishing(name, port, collect) {
  const client = CLIENTS[name];
  const ours = name === "ringlet";
  const rows = [
    ["loop", "T[i % 4]"],
    ["four", client.publish("T[i % 4]", 0)],
    ["one", client.publish("T[0]", 0)],
    ...(ours ? [["prepared", client.publish("topic", 0)]] : []),
    ["qos1", client.publish("T[0]", 1)],
  ];
  return `${COMMON}
${opened(client, port, { inFlight: 32, outbox: 2048, linkWindow: 4096 })}
var topic${ours ? " = client.topic(T[0])" : ""};
var end = function() {
  ${ours ? 'if (client.stats().refused > 0) throw "refused";' : ""}
  report({ done: true });
};
${rows
  .map(([row, step], at) => batches(row, step, rows[at + 1]?.[0] ?? "end", collect))
  .reverse()
  .join("")}
var begin = function() {
  loop();
};
`;
}

/** Handling of PUBACKs: what passes inside the socket's data handler, a PUBACK. */
export function acknowledged(name, port) {
  const client = CLIENTS[name];
  return `${COMMON}
var net = require("net"), spent = 0, taken = 0, octets = 0, rounds = 0;
Modules.addCached("net", function() {
  exports.connect = function(options, opened) {
    var socket = net.connect(options, opened);
    socket.on = function(event, handler) {
      return ({}).on.call(socket, event, event !== "data" ? handler : function(d) {
        var t = getTime();
        handler.call(socket, d);
        spent += getTime() - t;
        octets += d.length;
      });
    };
    return socket;
  };
});
${opened(client, port, { inFlight: 32, outbox: 2048, linkWindow: 4096 })}
var times = [];
var begin = function() {
  if (rounds > 0) times.push(spent / 25 * 1e6);
  spent = 0;
  if (rounds++ === 40) { report({ puback: middle(times), done: true }); return; }
  for (var i = 0; i < 25; i++) ${client.publish("T[0]", 1)};
  setTimeout(begin, 30);
};
`;
}

/** Receiving bursts of 2,000. */
export function receiving(name, port, filters, qos, topics) {
  const client = CLIENTS[name];
  return `${COMMON}
var count = 0, t = 0, burst = 0, best = [];
var got = function() {
  if (count++ === 0) t = getTime();
  if (count === 2000) {
    best.push((getTime() - t) / 1999 * 1e6);
    setTimeout(again, 30);
  }
};
${opened(client, port, {})}
var again = function() {
  count = 0;
  if (burst++ === 2) report({ receive: middle(best), done: true });
  else client.publish("burst/2000/${qos}/${topics}", "x");
};
var begin = function() {
  ${client.listen(filters === 1 ? [TOPICS[0]] : FILTERS, qos)}
  setTimeout(again, 100);
};
`;
}

/** \`socket.write\` of a packet that is ready, and nothing else. */
export function floor(port) {
  return `${COMMON}
var idle = function() { return true; };
var end = function() { report({ done: true }); };
var packet = String.fromCharCode(48, 21, 0, 15) + T[0] + P;
var socket = require("net").connect({ host: "127.0.0.1", port: ${port} }, function() {
  socket.write("\\x10\\x0d\\0\\x04MQTT\\x04\\x02\\0\\x3c\\0\\x01b");
  setTimeout(write, 20);
});
${batches("write", "socket.write(packet)", "end", false)}
`;
}
