// SPDX-License-Identifier: MIT
// docs/benchmarks.md, made from what was measured: tables with the goals beside the figures, what
// was missed, how it was measured, and what was not.

import { hostilePage } from "./hostile.mjs";
import { securityPage } from "./security.mjs";
import { digits, ratioOf, verdictOf } from "./rows.mjs";

const SAID = { aim: "aim reached", must: "must reached", missed: "**missed**", "": "" };

/** One table; `peer` is the heading of the peer's column. */
function table(rows, peer) {
  const lines = rows.map((row) => {
    const ratio = ratioOf(row);
    const goal = (value, sign) => {
      if (value === undefined) return "";
      return row.amount ? `≤ ${digits(value)}` : `${sign} ${value}×`;
    };
    const cells = [
      row.title,
      row.unit,
      row.error ?? digits(row.ours),
      digits(row.peer),
      ratio === undefined || !Number.isFinite(ratio) || ratio <= 0 ? "–" : `${ratio.toFixed(2)}×`,
      goal(row.must, "≥"),
      goal(row.aim, "≥"),
      SAID[verdictOf(row)],
    ];
    return `| ${cells.join(" | ")} |`;
  });
  return [
    `| what | unit | Ringlet | ${peer} | times better | must | aim | goal |`,
    "| --- | --- | ---: | ---: | ---: | ---: | ---: | --- |",
    ...lines,
  ].join("\n");
}

function espruino(part) {
  if (part === undefined) {
    return "Not measured: no Espruino interpreter was named in `ESPRUINO_BIN`.\n";
  }
  const group = (name) => part.rows.filter((row) => row.group === name);
  const stock = "Espruino's MQTT module";
  return `Measured ${part.when} on ${part.ran}
(${part.machine}). These are times of that machine, not of a board: only the ratios carry over,
and those roughly.

### Memory

${table(group("memory"), stock)}

Counted with \`process.memory()\`, which collects garbage first. The client is counted before its
socket exists, with an outbox of 64 octets whose block is taken off, no subscription and nothing
received; the slots for messages in flight are counted in. Growth is counted from the 200th message
to the 1,200th, published to a topic that is subscribed to, on a server that echoes.

### Publishing

${table(group("publish"), stock)}

µs a call, of a packet of 23 octets (25 at QoS 1), inside batches of 25 within one turn, loop
included; the next batch waits until the socket has taken this one, and at QoS 1 until all is
acknowledged. The middle one of 60 batches, then the median of 5 runs that alternate with the peer.
A prepared topic is measured against the peer's plain one. \`inFlight\` is 32, \`linkWindow\` 4,096
and \`outbox\` 2,048, so that a batch fits; the peer keeps nothing of a QoS 1 message.
A PUBACK is timed inside the socket's data handler, 25 in a chunk: there the peer looks
for no message.

#### Right after a garbage collection

${table(group("collected"), stock)}

The interpreter puts strings above some 20 octets into one piece of memory and walks its list of
free memory to find one. As a program runs, that list is shuffled, and building such strings gets
slower; after a garbage collection it is in order. The firmware collects when memory runs out, so a
node mostly runs in the first state, and the goals are set against that one. This table is the other
extreme: garbage is collected before each batch.

### Receiving

${table(group("receive"), stock)}

µs a message, from the first message of a burst of 2,000 to its last; the server sends the burst in
one write. QoS 1 includes the acknowledgements. The peer has one event for all messages; looking
for the filter that matches is left to its user and not part of its time.
`;
}

function node(part) {
  if (part === undefined) return "Not measured yet: `npm run bench -- node`.\n";
  return `Measured ${part.when} with ${part.ran} (${part.machine}).

### Codec

${table(part.codec, "mqtt-packet")}

Messages of 12 octets at QoS 0 under one topic of 25. **Encode** is all that has to be done for a
message until its octets can be handed to a socket. Here: the head is made, head and payload gather
in the TCP port, which gives a stub of a socket one piece a turn; the topic name is checked and
encoded once in 1,000, because \`publish\` remembers it. There: \`writeToStream\` into a stub that
takes the pieces, until the ticks in which it uncorks it have passed. **Decode** is from a received
Buffer of 1,000 packets to topic and payload of each. Here: the chunk to octets, then header,
fields, topic, a view of the payload. There: \`parser.parse\` with a listener. Medians of 11
rounds of 120 ms each, in one process, alternating.

### Through a broker

${table(part.rows, "MQTT.js")}

Messages a second that one client publishes and gets back, payload of 12 octets, at most 200 under
way for both clients, each in a process of its own; medians of 5 rounds, alternating. Nagle's
algorithm is off everywhere: MQTT.js leaves it on, which would cost it 40 ms a window at QoS 1
and 2. The broker is a process beside the client. aedes and mosquitto are the slower of the two: there
both clients wait for the broker, and the first figure is its own. NATS is fast enough at QoS 0 to show which
client is faster; at QoS 1 it keeps each message in a file, and QoS 2 it has only from 2.10 on. The CPU time of the
client's process for a message, kernel included, is what the client itself costs.
`;
}

function lua(part) {
  if (part === undefined) {
    return "Not measured: neither `LUA51`, `LUA53` nor `NODEMCU_LUA` named an engine.\n";
  }
  const tables = part.engines.map(
    ({ id, title }) =>
      `### ${title}\n\n${table(
        part.rows.filter(({ group }) => group === id),
        "luamqtt",
      )}\n`,
  );
  return `Measured ${part.when}; peer: ${part.ran} (${part.machine}).

${tables.join("\n")}
Heap is what \`collectgarbage("count")\` tells after two full collections, with nothing received and
nothing in the outbox, loaded from source text. Growth is counted the same way. Speed is messages a
second of CPU time, topic of 20 octets, payload of 23, the middle one of 5 rounds that alternate.
Both clients send into a link that is made up and takes everything: Ringlet through its adapter for
NodeMCU's sockets, which have to tell that they took what they got, luamqtt through a connector
whose functions return at once. **Publish** is in batches of 20 at QoS 0; at QoS 1 in batches of 10, whose
PUBACKs come in one chunk, and Ringlet keeps each message until then, while luamqtt keeps none.
**Incoming PUBLISH** is at QoS 0, from the chunk to the call of a handler. luamqtt has one event for all
messages and does MQTT 5 as well; NodeMCU's Lua 5.1 does not load it.
`;
}

function energy(part) {
  if (part === undefined) return "Not measured yet: `npm run bench -- energy`.\n";
  const rows = part.rows.map(
    ({ qos, title, roundTrips, segments, sent, received }) =>
      `| ${qos} | ${title} | ${roundTrips} | ${segments} | ${sent} | ${received} |`,
  );
  return `| QoS | client | round trips | writes | octets sent | octets received |
| --- | --- | ---: | ---: | ---: | ---: |
${rows.join("\n")}

Counted ${part.when} by a proxy on a real connection by loopback, which keeps every octet for 20 ms, so that
what is sent because of an answer is sent behind it. From CONNECT to the end of the
connection: one message of 4 octets under a topic of 25, client identifier of 5, then DISCONNECT. A round trip is an answer
that the client did something upon. A radio is awake for as long as the round trips take, so they
count for more than octets. Not counted: what TCP and IP add, which is a round trip before the
first and one behind the last, and about 40 octets for each write. An eager client sends its message
behind CONNECT; it still waits for CONNACK before it sleeps. A client that waits for every answer
publishes when it is connected, and ends when the message is acknowledged.
`;
}

function gateway(part) {
  if (part === undefined) return "Not measured yet: `npm run bench -- gateway`.\n";
  const asleep = part.asleep.map(
    ({ mode, count, kibibytes, rssMebibytes, connectSeconds, wakeSeconds }) =>
      `| ${mode} | ${count.toLocaleString("en-US")} | ${digits(kibibytes)} | ${digits(rssMebibytes)} | ` +
      `${digits(connectSeconds)} | ${digits(wakeSeconds)} |`,
  );
  return `Measured ${part.when} on ${part.ran} (${part.machine}). Clients, gateway and server are processes of their
own, on loopback; over MQTT the clients are MQTT.js with a connection each, over MQTT-SN sockets that do as little as they can.

${table(part.rows, "plain MQTT")}

Sleepers, each a node behind one forwarder, connected, subscribed to a topic and asleep; memory of the gateway's process, which
has collected garbage. Then each got a message of QoS 1, was woken, and fell asleep again.

| mode | asleep | KiB a client | MiB in all | seconds to connect, subscribe, fall asleep | seconds to wake all |
| --- | ---: | ---: | ---: | ---: | ---: |
${asleep.join("\n")}
`;
}

/** Goals that are missed, in sentences. */
function missed(rows) {
  const lines = rows
    .filter((row) => verdictOf(row) === "missed")
    .map((row) => {
      if (row.error) return `- ${row.title}: ${row.error}.`;
      const [is, must] = row.amount
        ? [digits(row.ours), `at most ${digits(row.must)}`]
        : [`${ratioOf(row).toFixed(2)}×`, `at least ${row.must}×`];
      return `- ${row.title}: ${is} where it must be ${must}.`;
    });
  return lines.length > 0 ? lines.join("\n") : "None.";
}

/** The whole page. */
export function page({
  sizes,
  espruino: device,
  node: host,
  lua: chunk,
  energy: air,
  security,
  hostile,
  gateway: sn,
}) {
  const onLua = (chunk?.rows ?? []).map((row) => ({
    ...row,
    title: `${chunk.engines.find(({ id }) => id === row.group).title}: ${row.title}`,
  }));
  const all = [
    ...sizes,
    ...(device?.rows ?? []),
    ...(host?.codec ?? []),
    ...(host?.rows ?? []),
    ...onLua,
    ...(sn?.rows ?? []),
  ];
  const missing = [device, host, chunk].flatMap((part) => part?.missing ?? []);
  if (sizes[0].peer === undefined) missing.push("The size of Espruino's own MQTT module.");
  if (sizes[1].peer === undefined) missing.push("The size of tinyMQTT.");
  if (device === undefined) missing.push("Everything on Espruino.");
  return `# Benchmarks

Made by \`npm run bench\`; not written by hand. Peers are measured side by side in one run, on
loopback. _Must_ is the goal a release has to reach, _aim_ the one worked towards.
Where nothing else is said a goal is a ratio to the peer; for bytes and variables it is an amount.

![How many times better than its peer, by row](benchmarks.svg)

## Goals missed

${missed(all)}

## Bytes of the bundles

${table(sizes, "peer")}

The peers are Espruino's own MQTT module (5,114 bytes minified), tinyMQTT (1,614 bytes), and for
\`ringlet.lua\` luamqtt, its files that \`require("mqtt")\` loads minified by this project's own minifier.

## On Espruino

${espruino(device)}

## In Node

${node(host)}

## In Lua

${lua(chunk)}

## Waking, publishing, sleeping

${energy(air)}

## What security costs

${securityPage(security)}

## A server that means harm

${hostilePage(hostile)}

## The MQTT-SN gateway

${gateway(sn)}

## What was not measured

${missing.map((line) => `- ${line}\n`).join("")}\
- No board: times were taken on the interpreter built for a PC.
- Times depend on what else the machine does. No test asserts one.

## Measuring again

\`npm run build\`, then \`npm run bench\`, or \`npm run bench -- espruino node lua energy security hostile gateway blocks\` for some of its parts; \`blocks\` writes
[memory.md](memory.md).
\`ESPRUINO_BIN\` names the interpreter (best a 32-bit build with variables of 14 bytes),
\`ESPRUINO_MQTT\` a minified copy of Espruino's MQTT module, \`ESPRUINO_TINYMQTT\` one of tinyMQTT,
\`MOSQUITTO\` a mosquitto, \`LUA51\` and \`LUA53\` a Lua (5.1 with the module \`bit\` for its peer), \`NODEMCU_LUA\` a \`luac.cross\`, \`LUAMQTT\`
the folder of luamqtt that holds \`mqtt/\`. All are optional. The figures are in \`dist/bench.json\`.
`;
}
