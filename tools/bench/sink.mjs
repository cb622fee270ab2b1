// SPDX-License-Identifier: MIT
// A server that does nothing but answer, so that no broker's speed is measured: it accepts, it
// acknowledges, on demand it sends a burst of messages prepared beforehand in one write, and with
// `echo` it sends back what it gets.

import { createServer } from "node:net";

/** The topics that are published to and received from: with 4 octets of payload, 23 a packet. */
export const TOPICS = [1, 2, 3, 4].map((n) => `ringlet/node1/${n}`);
export const PAYLOAD = "21.5";

/** A PUBLISH; `packetId` is used at QoS 1 and 2. */
export function publishPacket(topic, payload, qos, packetId) {
  const body = Buffer.concat([
    Buffer.from([topic.length >> 8, topic.length & 255]),
    Buffer.from(topic),
    Buffer.from(qos > 0 ? [packetId >> 8, packetId & 255] : []),
    Buffer.from(payload),
  ]);
  const { length } = body;
  const header = length < 128 ? [length] : [(length % 128) + 128, length >> 7];
  return Buffer.concat([Buffer.from([48 + qos * 2, ...header]), body]);
}

function burst(count, qos, topics) {
  const packets = [];
  for (let at = 0; at < count; at++) {
    packets.push(publishPacket(TOPICS[at % topics], PAYLOAD, qos, (at % 60000) + 1));
  }
  return Buffer.concat(packets);
}

/** What one packet is answered with; `state.id` is the identifier last used. */
function answer(first, body, state) {
  const kind = first >> 4;
  const id = [body[0], body[1]];
  if (kind === 1) return [32, 2, 0, 0];
  if (kind === 8) return [144, 3, ...id, body.at(-1)];
  if (kind === 5) return [98, 2, ...id];
  if (kind === 6) return [112, 2, ...id];
  if (kind === 12) return [208, 0];
  if (kind !== 3) return [];
  const qos = (first >> 1) & 3;
  const end = 2 + body.readUInt16BE(0);
  const topic = body.toString("latin1", 2, end);
  // `burst/<count>/<qos>/<topics in turn>` asks for one.
  if (topic.startsWith("burst/")) return burst(...topic.split("/").slice(1).map(Number));
  const ack = qos > 0 ? [qos > 1 ? 80 : 64, 2, body[end], body[end + 1]] : [];
  if (!state.echo) return ack;
  state.id = (state.id % 60000) + 1;
  const back = publishPacket(topic, body.subarray(qos > 0 ? end + 2 : end), qos, state.id);
  return [...ack, ...back];
}

/** Serves on 127.0.0.1; `close()` ends it. */
export function openSink({ echo = false } = {}) {
  const peers = new Set();
  const server = createServer((socket) => {
    const state = { echo, id: 0 };
    let rest = Buffer.alloc(0);
    peers.add(socket);
    socket.setNoDelay(true);
    socket.on("error", () => {});
    socket.on("close", () => peers.delete(socket));
    socket.on("data", (chunk) => {
      const octets = rest.length > 0 ? Buffer.concat([rest, chunk]) : chunk;
      const answers = [];
      let at = 0;
      while (at + 1 < octets.length) {
        const long = octets[at + 1] > 127;
        if (long && at + 2 >= octets.length) break;
        const length = long ? octets[at + 1] - 128 + octets[at + 2] * 128 : octets[at + 1];
        const body = at + (long ? 3 : 2);
        if (body + length > octets.length) break;
        answers.push(Buffer.from(answer(octets[at], octets.subarray(body, body + length), state)));
        at = body + length;
      }
      rest = octets.subarray(at);
      if (answers.length > 0) socket.write(Buffer.concat(answers));
    });
  });
  return new Promise((resolve, reject) => {
    server.on("error", reject);
    server.listen(0, "127.0.0.1", () =>
      resolve({
        port: server.address().port,
        close: () => {
          for (const socket of peers) socket.destroy();
          server.close();
        },
      }),
    );
  });
}
