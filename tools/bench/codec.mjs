// SPDX-License-Identifier: MIT
// Encoding and decoding of PUBLISH in Node beside mqtt-packet, in a process of its own: prints its
// figures as JSON. No sockets. Encoded are messages of 12 octets at QoS 0 with one topic: ours as
// `publish` and the TCP port do it, up to the octets that a socket is given; mqtt-packet's own
// `writeToStream`, into a stream that counts the pieces and keeps nothing. Decoded is a Buffer of
// 1,000 of them, as topic text and payload view each.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { build } from "esbuild";
import mqttPacket from "mqtt-packet";
import { alias } from "../build/node.mjs";
import { publishPacket } from "./sink.mjs";

const root = fileURLToPath(new URL("../../", import.meta.url));
const TOPIC = "ringlet/node1/temperature";
const PAYLOAD = Buffer.from("21.5 Celsius");
const COUNT = 1000;
const ROUNDS = 11;
const MS = 120;

/** What src/wire and the engine for V8 export. */
async function bundle() {
  const folder = mkdtempSync(join(tmpdir(), "ringlet-bench-"));
  const outfile = join(folder, "wire.mjs");
  await build({
    stdin: {
      contents: `export * from "./src/wire/packet.js"; export * from "./src/wire/publish.js";
        export * from "./src/wire/topic.js"; export { chunkOpen, payloadCut, text } from "#engine";
        export { gatherOpen } from "./boards/host/gather.js";`,
      resolveDir: root,
      loader: "ts",
    },
    outfile,
    bundle: true,
    format: "esm",
    platform: "node",
    alias,
    logLevel: "error",
  });
  const wire = await import(pathToFileURL(outfile).href);
  rmSync(folder, { recursive: true, force: true });
  return wire;
}

const wire = await bundle();
let sum = 0;
// What the TCP port writes to: it takes all at once.
const socket = { writableLength: 0, destroyed: false, write: (octets) => (sum += octets.length) };
const gather = wire.gatherOpen(socket, () => {});
const stream = { pieces: 0, cork() {}, uncork() {}, write: () => ((stream.pieces += 1), true) };
const received = Buffer.concat(Array(COUNT).fill(publishPacket(TOPIC, PAYLOAD, 0, 0)));
const header = { length: 0 };

const steps = {
  encodeOurs: () => {
    let key;
    let octets = "";
    for (let i = 0; i < COUNT; i++) {
      // A topic name is checked once and then known again, as `publish` does.
      if (TOPIC !== key) {
        octets = wire.encodeTopicName(TOPIC);
        key = TOPIC;
      }
      gather.put(wire.encodePublish(48, octets, 0, PAYLOAD.length), PAYLOAD);
    }
  },
  encodeTheirs: () => {
    for (let i = 0; i < COUNT; i++) {
      const packet = { cmd: "publish", topic: TOPIC, payload: PAYLOAD, qos: 0, retain: false };
      mqttPacket.writeToStream(packet, stream);
    }
    sum += stream.pieces;
  },
  decodeOurs: () => {
    const chunk = wire.chunkOpen(received);
    let topicIn = "";
    let topic = "";
    for (let at = 0; at < chunk.length;) {
      const first = chunk.charCodeAt(at);
      const body = wire.decodeHeader(header, chunk, at);
      const end = body + header.length;
      const qos = wire.decodeQos(first);
      const topicEnd = wire.topicEnd(chunk, body);
      const from = qos > 0 ? topicEnd + 2 : topicEnd;
      if (from > end || qos > 2) throw new Error("malformed");
      const octets = chunk.slice(body, topicEnd);
      if (octets !== topicIn) {
        // The session checks a topic name once and then knows it again.
        if (wire.encodeTopicName(octets.slice(2)) === "") throw new Error("malformed");
        topicIn = octets;
        topic = wire.text(octets.slice(2));
      }
      sum += wire.payloadCut(chunk, from, end).length + topic.length;
      at = end;
    }
  },
  decodeTheirs: () => {
    const parser = mqttPacket.parser();
    parser.on("packet", (packet) => (sum += packet.payload.length + packet.topic.length));
    parser.parse(received);
  },
};

/** Messages a second of one step, for MS milliseconds of it. */
async function speed(step) {
  let count = 0;
  let ns = 0;
  while (ns < MS * 1e6) {
    const start = process.hrtime.bigint();
    step();
    // mqtt-packet uncorks the stream in a tick of its own for each packet: only then has it got the
    // octets.
    await new Promise((resolve) => setImmediate(resolve));
    ns += Number(process.hrtime.bigint() - start);
    count += COUNT;
  }
  return (count / ns) * 1e9;
}

const figures = Object.fromEntries(Object.keys(steps).map((name) => [name, []]));
for (let round = -2; round < ROUNDS; round++) {
  for (const [name, step] of Object.entries(steps)) {
    const figure = await speed(step);
    // The first two rounds are for the compiler.
    if (round >= 0) figures[name].push(figure);
  }
}
console.log(JSON.stringify({ figures, sum }));
