// SPDX-License-Identifier: MIT
// The soak's world for every engine of JavaScript, Espruino's interpreter among them: time that is
// simulated, a network that is cut, a small server that answers, and a program that publishes and
// subscribes. It checks as it goes and says what it found in lines of `= name value`. Around it
// stands what engines.mjs says, and SECONDS in front; world.lua is the same in Lua.
//
// Each simulated hour has 20 busy minutes, 20 calm ones with PINGREQs only, and after 50 minutes,
// with nothing under way, memory is counted.

var KEEP_MS = 60000;
// The longest wait for a server that fell silent: three quarters of keep alive and a tick, an answer
// and a tick.
var PATIENCE_MS = 90000;
var seconds = 0;
var ms = 0;
var failures = 0;
var found = {
  published: 0,
  received: 0,
  again: 0,
  refused: 0,
  pings: 0,
  cuts: 0,
  silences: 0,
  connects: 0,
  delivered: 0,
  wraps: 0,
  subscribed: 0,
  subscribeWraps: 0,
  samples: 0,
  warm: 0,
  most: 0,
  last: 0,
};

function fail(why) {
  failures++;
  if (failures < 6) print("= fail " + why + " at " + seconds + " s");
}

// What happens by itself: milliseconds that are left of each.
var jobs = [];

// The server and the network in front of it. One session, which outlives connections.
var link;
var up = "";
var down = "";
var wrote = false;
var isKnown = false;
var isAccepted = false;
var isMute = false;
var mutedFor = 0;
var quietFor = 0;
// Octets until the network is cut; −1: it is not.
var cutAfter = -1;
var held = [];
var upSeen = -1;
var lastId = 0;
var lastSubscribe = 0;
// The message on its way down: 0 none, 1 sent, 2 released.
var out = { id: 0, qos: 1, number: -1, state: 0 };
var downSeen = -1;

var net = {
  connect: function () {
    var own = { h: {} };
    own.on = function (event, f) {
      own.h[event] = f;
    };
    own.write = function (octets) {
      if (link === own) up += octets;
      wrote = true;
      if (quietFor > KEEP_MS) fail("nothing was sent for " + quietFor + " ms");
      quietFor = 0;
    };
    own.end = function () {
      if (link === own) link = undefined;
    };
    own.removeAllListeners = function () {
      own.h = {};
    };
    link = own;
    up = down = "";
    wrote = true;
    isAccepted = isMute = false;
    quietFor = mutedFor = 0;
    cutAfter = -1;
    return own;
  },
};

function cut() {
  var own = link;
  link = undefined;
  up = down = "";
  found.cuts++;
  if (own.h.close) own.h.close(false);
}

function pair(value) {
  return String.fromCharCode(value >> 8, value & 255);
}

// PUBLISH or PUBREL of the message on its way down.
function sayOut(dup) {
  var body = "\x00\x09soak/down" + pair(out.id) + out.number;
  down +=
    out.state > 1
      ? "\x62\x02" + pair(out.id)
      : String.fromCharCode(48 + out.qos * 2 + (dup ? 8 : 0), body.length) + body;
}

function serverConnect() {
  found.connects++;
  isAccepted = true;
  down += isKnown ? "\x20\x02\x01\x00" : "\x20\x02\x00\x00";
  isKnown = true;
  if (out.state > 0) sayOut(true);
}

// New ones come in their order; at QoS 1 old ones may come again, at QoS 2 only until they are released.
function serverPublish(first, body) {
  var qos = (first >> 1) & 3;
  var end = 2 + body.charCodeAt(0) * 256 + body.charCodeAt(1);
  var id = body.charCodeAt(end) * 256 + body.charCodeAt(end + 1);
  var number = +body.substr(end + 2);
  if (qos < 2 || held.indexOf(id) < 0) {
    if (number === upSeen + 1) upSeen = number;
    else if (qos === 1 && first > 57 && number <= upSeen) found.again++;
    else fail("message " + number + " at QoS " + qos + " behind " + upSeen);
    if (qos > 1) held.push(id);
    if (id < lastId - 1000) found.wraps++;
    if (id > 0 && (id > lastId || id < lastId - 1000)) lastId = id;
  }
  down += (qos > 1 ? "\x50\x02" : "\x40\x02") + pair(id);
}

function serverHears(first, body) {
  var id = body.charCodeAt(0) * 256 + body.charCodeAt(1);
  if (first === 16) serverConnect();
  else if (!isAccepted) fail("something in front of CONNECT");
  else if (first > 47 && first < 64) serverPublish(first, body);
  else if (first === 98) {
    var at = held.indexOf(id);
    if (at >= 0) held.splice(at, 1);
    down += "\x70\x02" + pair(id);
  } else if (first === 130 || first === 162) {
    found.subscribed++;
    if (id < lastSubscribe - 1000) found.subscribeWraps++;
    lastSubscribe = id;
    down += first === 130 ? "\x90\x03" + pair(id) + body.substr(-1) : "\xb0\x02" + pair(id);
  } else if (first === 192) {
    found.pings++;
    down += "\xd0\x00";
  } else if (first === 64 || first === 112) {
    if (id === out.id) out.state = 0;
  } else if (first === 80) {
    if (id === out.id) {
      out.state = 2;
      down += "\x62\x02" + pair(id);
    }
  } else fail("packet " + first);
}

// Reads what came up, as far as packets are whole; all of them are short.
function serverReads() {
  if (cutAfter >= 0) {
    var all = up.length;
    up = up.substr(0, cutAfter);
    cutAfter -= all < cutAfter ? all : cutAfter;
  }
  while (up.length > 1 && up.length >= 2 + up.charCodeAt(1)) {
    var end = 2 + up.charCodeAt(1);
    var first = up.charCodeAt(0);
    var body = up.slice(2, end);
    up = up.slice(end);
    serverHears(first, body);
  }
  if (isMute) down = "";
}

function settle() {
  while (link && (wrote || down !== "")) {
    wrote = false;
    var own = link;
    serverReads();
    if (cutAfter === 0) {
      cutAfter = -1;
      cut();
      return;
    }
    if (own.h.drain) own.h.drain();
    var octets = down;
    down = "";
    // In two chunks, cut anywhere.
    var middle = chance(octets.length + 1);
    if (middle > 0 && own.h.data) own.h.data(octets.slice(0, middle));
    if (middle < octets.length && own.h.data) own.h.data(octets.slice(middle));
  }
}

function isBusy() {
  return seconds % 3600 < 1200;
}

var client;
var isExtra = false;

function publishes() {
  if (!isBusy()) return;
  var id = client.publish("soak/up", "" + found.published, 1 + (found.published % 2));
  if (id > 0) found.published++;
  else found.refused++;
}

function subscribes() {
  if (!isBusy()) return;
  isExtra = !isExtra;
  if ((isExtra ? client.subscribe("soak/extra", 0) : client.unsubscribe("soak/extra")) < 0) {
    fail("a subscription was refused");
  }
}

function serverPublishes() {
  if (!isBusy() || out.state > 0) return;
  out.id = (out.id % 65535) + 1;
  out.qos = 1 + (out.number & 1);
  out.number++;
  out.state = 1;
  if (isAccepted && link && !isMute) sayOut(false);
  wrote = true;
}

function onMessage(topic, payload, packet) {
  var number = +octetsOf(payload);
  if (number === downSeen + 1) found.received++;
  else if (!(packet.qos === 1 && number === downSeen))
    fail("down " + number + " behind " + downSeen);
  downSeen = number;
}

// In mid-packet, at once, or a server that is there and says nothing.
function breaks() {
  if (!link || isMute) return;
  var how = chance(4);
  if (how < 1) {
    isMute = true;
    found.silences++;
  } else if (how < 2) cut();
  else cutAfter = 1 + chance(60);
}

function samples() {
  if (client.stats().inFlight > 0 || !link) {
    print("= skipped " + seconds);
    return;
  }
  var now = usage();
  found.samples++;
  // A tenth of the time to warm up.
  if (seconds * 10 <= SECONDS || found.warm === 0) found.warm = found.most = now;
  if (now > found.most) found.most = now;
  found.last = now;
}

function job(every, from, f) {
  jobs.push({ left: from, every: every, f: f });
}

function elapse(step) {
  ms += step;
  while (ms >= 1000) {
    ms -= 1000;
    seconds++;
  }
  if (link && isAccepted) {
    quietFor += step;
    if (isMute) mutedFor += step;
    if (mutedFor > PATIENCE_MS) {
      fail("a silent server was waited for " + mutedFor + " ms");
      mutedFor = 0;
    }
  }
  lessen(timers, step);
  lessen(jobs, step);
}

// The next thing that happens: a timer of the client, or a job.
function next() {
  var first = soonest(timers);
  var task = soonest(jobs);
  if (!first || task.left < first.left) {
    elapse(task.left);
    task.left = task.every;
    task.f();
  } else {
    elapse(first.left);
    clearTimeout(first.id);
    first.f(first.a);
  }
  settle();
}

function soak(ringlet) {
  client = ringlet.connect({
    host: "h",
    clientId: "soak",
    cleanSession: false,
    keepAlive: 60,
    outbox: 1024,
    inFlight: 16,
    subscriptions: 8,
    linkWindow: 1024,
    inbox: 512,
  });
  client.on("message", function () {
    fail("a message without a handler");
  });
  client.on("delivered", function () {
    found.delivered++;
  });
  client.on("uncertain", function () {
    fail("uncertain");
  });
  client.on("error", function (e) {
    if (e !== -29) fail("error " + e);
  });
  client.subscribe("soak/down", 2, onMessage);
  job(3333, 1000, publishes);
  job(10007, 2000, subscribes);
  job(20011, 3000, serverPublishes);
  job(150001, 75000, breaks);
  job(3600000, 3000000, samples);
  while (seconds < SECONDS) next();
  // Whatever is under way comes to its end: no job any more but the server.
  jobs = jobs.slice(4);
  for (var i = 0; i < 200 && client.stats().inFlight > 0; i++) next();
  if (found.delivered !== found.published) fail("delivered " + found.delivered);
  if (upSeen + 1 !== found.published) fail("the server has " + (upSeen + 1));
  for (var name in found) print("= " + name + " " + found[name]);
  print("= reconnects " + client.stats().reconnects);
  print("= timers " + timers.length);
  print("= failures " + failures);
  print("= over " + seconds);
}
