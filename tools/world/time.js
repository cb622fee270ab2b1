// SPDX-License-Identifier: MIT
// Chance and time of every world in JavaScript: what a client asks for by a timer waits in `timers`, with the
// milliseconds that are left, until the world lets them pass. engines.mjs puts it in front of a world;
// time.lua is the same in Lua.

var seed = 1;
var timers = [];
var timerId = 0;

function chance(count) {
  seed = (seed * 75 + 74) % 65537;
  return seed % count;
}

// Declared: the interpreter lets nobody assign to what is built in.
var setTimeout = function (f, after, a) {
  timerId++;
  timers.push({ left: after < 1 ? 1 : after, f: f, a: a, id: timerId });
  return timerId;
};
var clearTimeout = function (id) {
  for (var i = 0; i < timers.length; i++) {
    if (timers[i].id === id) {
      timers.splice(i, 1);
      return;
    }
  }
};

// What comes first of what waits, and `ms` that pass for all of it.
function soonest(waiting) {
  var first = waiting[0];
  for (var i = 1; i < waiting.length; i++) if (waiting[i].left < first.left) first = waiting[i];
  return first;
}
function lessen(waiting, ms) {
  for (var i = 0; i < waiting.length; i++) waiting[i].left -= ms;
}
