// SPDX-License-Identifier: MIT
// docs/benchmarks.md, made from what was measured: tables with the goals beside the figures, what
// was missed, how it was measured, and what was not.

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
and 2. The broker is a process beside the client and often the slower of the two: then both wait for
it, and the first figure is the broker's. The CPU time of the client's process for a message, kernel
included, is what the client itself costs.
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
export function page({ sizes, espruino: device, node: host }) {
  const all = [...sizes, ...(device?.rows ?? []), ...(host?.codec ?? []), ...(host?.rows ?? [])];
  const missing = [...(device?.missing ?? []), ...(host?.missing ?? [])];
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

The peers are Espruino's own MQTT module (5,114 bytes minified) and tinyMQTT (1,614 bytes).

## On Espruino

${espruino(device)}

## In Node

${node(host)}

## What was not measured

${missing.map((line) => `- ${line}\n`).join("")}\
- No board: times were taken on the interpreter built for a PC.
- Times depend on what else the machine does. No test asserts one.

## Measuring again

\`npm run build\`, then \`npm run bench\`, or \`npm run bench -- node\` or \`-- espruino\` for a
part.
\`ESPRUINO_BIN\` names the interpreter (best a 32-bit build with variables of 14 bytes),
\`ESPRUINO_MQTT\` a minified copy of Espruino's MQTT module, \`ESPRUINO_TINYMQTT\` one of tinyMQTT,
\`MOSQUITTO\` a mosquitto. All are optional. The figures are in \`dist/bench.json\`.
`;
}
