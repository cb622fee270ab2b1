// SPDX-License-Identifier: MIT
// A server that means harm, in JavaScript, for every engine of it: an attack (attacks.mjs) on one client
// over a network and a clock that are made up. It says what came of it in lines of `= name value`.
// world.lua is the same in Lua; engines.mjs says what stands around it.

var found = {
  heard: 0, // calls of the handler
  octets: 0, // of payload
  opens: 0, // connections
  connects: 0, // those with CONNACK
  status: 0, // of the first close
  chunks: 0, // until then
  sent: 0, // octets of the client
  before: 0, // memory in front of the attack
  most: 0, // and at most
  ms: 0, // time of this machine
  seconds: 0, // simulated, of the attack
};
var link;
var isWritten = false;
var isTaken = true;
var passed = 0;

var net = {
  connect: function () {
    var own = { h: {} };
    own.on = function (event, f) {
      own.h[event] = f;
    };
    own.write = function (octets) {
      found.sent += octets.length;
      isWritten = true;
    };
    own.end = function () {};
    own.removeAllListeners = function () {
      own.h = {};
      if (link === own) link = undefined;
    };
    found.opens++;
    link = own;
    isWritten = isTaken = true;
    return own;
  },
};

function settle() {
  while (link && isWritten && isTaken) {
    isWritten = false;
    if (link.h.drain) link.h.drain();
  }
}

function says(octets) {
  if (link && link.h.data && octets !== "") link.h.data(octets);
  settle();
}

function passes(ms) {
  for (;;) {
    var first = soonest(timers);
    if (!first || first.left > ms) break;
    ms -= first.left;
    lessen(timers, first.left);
    clearTimeout(first.id);
    first.f(first.a);
    settle();
  }
  lessen(timers, ms);
}

function counts() {
  var now = usage();
  if (now > found.most) found.most = now;
}

function onMessage(topic, payload) {
  found.heard++;
  found.octets += payload.length;
  if (HEARD_EVERY > 0 && found.heard % HEARD_EVERY === 20) counts();
}

var number = 0;
function chunk() {
  var octets = "";
  for (var i = 0; i < PER; i++) {
    var id = (number % 65535) + 1;
    var told = "";
    if (COUNTS === "text") told = "" + (10000 + (number % 90000));
    if (COUNTS === "id") told = String.fromCharCode(id >> 8, id & 255);
    octets += PRE + told + POST;
    number++;
  }
  return octets;
}

function attack(ringlet) {
  var client = ringlet.connect({ host: "h", clientId: "c" });
  client.on("message", onMessage);
  client.on("connect", function () {
    found.connects++;
  });
  client.on("close", function (status) {
    if (found.status === 0) found.status = status;
  });
  client.subscribe("#", 2, onMessage);
  passes(1);
  settle();
  found.before = found.most = usage();
  var began = clock();
  says(HEAD);
  isTaken = !IS_DEAF;
  while (found.chunks < TIMES && (found.status === 0 || IS_BRIEF)) {
    found.chunks++;
    says(chunk());
    if (IS_BRIEF && link && link.h.close) link.h.close(false);
    if (COUNT_EVERY > 0 && found.chunks % COUNT_EVERY === 0) counts();
    passes(EVERY);
  }
  found.ms = clock() - began;
  found.seconds = (found.chunks * EVERY) / 1000;
  counts();
  // Whatever it was, the client comes back to a server that means well.
  var before = found.connects;
  var status = found.status;
  if (link && link.h.close) link.h.close(false);
  for (var i = 0; i < 300 && !link; i++) passes(1000);
  says("\x20\x02\x00\x00");
  print("= back " + (found.connects - before));
  found.status = status;
  for (var name in found) print("= " + name + " " + found[name]);
  print("= over 1");
}
