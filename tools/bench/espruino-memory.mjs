// SPDX-License-Identifier: MIT
// The programs that count variables on the interpreter: what a module and its client take, loaded
// from Storage (functions stay in flash) and with the source in RAM, and what is left behind by
// 2,000 messages. `process.memory()` collects garbage first, so only what is held counts.

import { CLIENTS, opened } from "./espruino-programs.mjs";
import { PAYLOAD, TOPICS } from "./sink.mjs";

/** Octets of the outbox while memory is counted; its block is counted apart and taken off. */
const OUTBOX = 64;

/** Writes the modules to Storage; the programs that follow in the same folder find them there. */
export function storing(modules) {
  return `
${modules
  .map((name) => `require("Storage").write("${name}", require("fs").readFileSync("${name}.js"));`)
  .join("\n")}
report({ done: true });
`;
}

const USED = `var used = function() { return process.memory().usage; };`;

/**
 * Variables that the module takes (`loaded`), with a client that was made but has no network
 * connection yet (`made`), and with one that is connected (`online`).
 */
export function footprint(name, port, where) {
  const { module, make, start } = CLIENTS[name];
  const load = `Modules.addCached("${module}", require("fs").readFileSync("${module}.js"));`;
  return `
var module = 0, client = 0, base = 0, loaded = 0, made = 0, online = 0;
${USED}
var begin = function() {
  online = used() - base;
  report({ loaded: loaded, made: made, online: online, done: true });
};
var start = function() {
  base = used();
  ${where === "storage" ? "" : load}
  module = require("${module}");
  loaded = used() - base;
  ${make(port, { outbox: OUTBOX })}
  made = used() - base;
  ${start}
};
setTimeout(start, 50);
`;
}

/** What the outbox's block takes, as it is taken off. */
footprint.block = `
${USED}
var block = 0, before = used();
before = used();
block = E.toString(new Uint8Array(${OUTBOX}));
before = used() - before;
report({ block: before, done: true });
`;

/** Variables in use before and after 1,000 messages each way; the server echoes. */
export function growth(name, port, qos) {
  const client = CLIENTS[name];
  return `
var P = "${PAYLOAD}", T = ["${TOPICS[0]}"], sent = 0, come = 0, first = 0, last = 0, waited = 0;
${USED}
var got = function() { come++; };
var send = function() {
  // What was sent has come back, and the last acknowledgements have passed.
  if (come < sent || !idle()) {
    if (waited++ > 1000) throw "lost messages: " + come + " of " + sent + " came back";
    setTimeout(send, 2);
    return;
  }
  // Counted the same way both times: from a timer, with nothing under way.
  if (sent === 200 && !first) { setTimeout(mark, 100); return; }
  if (sent === 1200) { setTimeout(count, 100); return; }
  for (var i = 0; i < 10; i++) ${client.publish("T[0]", qos)};
  sent += 10;
  waited = 0;
  setTimeout(send, 2);
};
var mark = function() { first = used(); setTimeout(send, 2); };
// Not inside the call of \`report\`: what it is given would count.
var count = function() { last = used(); report({ grown: last - first, done: true }); };
var begin = function() {
  ${client.listen([TOPICS[0]], qos)}
  setTimeout(send, 100);
};
${opened(client, port, {})}
`;
}
