// SPDX-License-Identifier: MIT
// Sleepers for one gateway, each a node behind the same forwarder: they connect, subscribe and fall asleep; then
// each gets a message, wakes up and falls asleep again. Prints how long both took.

import { createSocket } from "node:dgram";
import mqtt from "mqtt";

const [port, brokerPort, countText] = process.argv.slice(2);
const COUNT = Number(countText);
const WINDOW = 100;
const CONNACK = 5;
const PUBLISH = 0x0c;
const SUBACK = 0x13;
const PINGRESP = 0x17;
const DISCONNECT = 0x18;

const socket = createSocket({ type: "udp4" });
socket.connect(Number(port), "127.0.0.1");
await new Promise((done) => socket.once("connect", done));
socket.setRecvBufferSize(4194304);

const send = (i, ...octets) => {
  const header = Buffer.from([7, 0xfe, 0, 0, 0, 0, 0]);
  header.writeUInt32BE(i, 3);
  const body = Buffer.concat(octets.map((one) => Buffer.from(one)));
  socket.send(Buffer.concat([header, Buffer.from([body.length + 1]), body]));
};

/** Runs one exchange for each sleeper, WINDOW of them at a time; `answer` sends what comes next, or is done. */
function round(first, answer) {
  return new Promise((finished) => {
    let begun = 0;
    let done = 0;
    const from = process.hrtime.bigint();
    const begin = () => begun < COUNT && first(begun++);
    socket.removeAllListeners("message");
    socket.on("message", (bytes) => {
      if (!answer(bytes.readUInt32BE(3), bytes.subarray(7))) return;
      done += 1;
      if (done === COUNT) finished(Number(process.hrtime.bigint() - from) / 1e9);
      else begin();
    });
    for (let i = 0; i < WINDOW; i++) begin();
  });
}

const connectSeconds = await round(
  (i) => send(i, [4, 4, 1, 0, 60], `sleeper-${i}`),
  (i, body) => {
    if (body[1] === CONNACK) send(i, [0x12, 0x20, 0, 1], `to/${i}`);
    else if (body[1] === SUBACK) send(i, [DISCONNECT, 0x70, 0x80]);
    return body[1] === DISCONNECT;
  },
);
process.send({ connectSeconds });
await new Promise((done) => process.once("message", done));

const peer = mqtt.connect({ host: "127.0.0.1", port: Number(brokerPort) });
const payload = Buffer.from("21.5 Celsius");
for (let i = 0; i < COUNT; i++) await peer.publishAsync(`to/${i}`, payload, { qos: 1 });
process.send({ published: COUNT });
await new Promise((done) => process.once("message", done));

let heard = 0;
const wakeSeconds = await round(
  (i) => send(i, [0x16], `sleeper-${i}`),
  (i, body) => {
    if (body[1] === PUBLISH) {
      heard += 1;
      send(i, [0x0d], body.subarray(3, 7), [0]);
    }
    return body[1] === PINGRESP;
  },
);
process.send({ wakeSeconds, heard });
process.on("message", () => process.exit(0));
