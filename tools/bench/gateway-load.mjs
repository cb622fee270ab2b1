// SPDX-License-Identifier: MIT
// Many clients in one process, each with one QoS 1 message under way at a time, for a while: over MQTT with
// MQTT.js, or over MQTT-SN with sockets that do as little as they can. Prints messages a second.

import { createSocket } from "node:dgram";

const [kind, port, clientsText, secondsText] = process.argv.slice(2);
const CLIENTS = Number(clientsText);
const SECONDS = Number(secondsText);
const WARM_SECONDS = 1;
const PAYLOAD = Buffer.from("21.5 Celsius");
let count = 0;

/** A client over MQTT: connected, then message after message. */
async function overMqtt(i, mqtt) {
  const client = mqtt.connect({ host: "127.0.0.1", port: Number(port), clientId: `load${i}` });
  await new Promise((done) => client.once("connect", done));
  client.stream.setNoDelay(true);
  const next = () =>
    client.publish(`bench/${i}`, PAYLOAD, { qos: 1 }, () => {
      count += 1;
      next();
    });
  return next;
}

/** The same over MQTT-SN: CONNECT, REGISTER, then message after message. */
function overSn(i) {
  const socket = createSocket("udp4");
  let msgId = 1;
  const message = Buffer.concat([Buffer.from([0, 0x0c, 0x20, 0, 0, 0, 0]), PAYLOAD]);
  message[0] = message.length;
  const next = () => {
    msgId = (msgId % 65535) + 1;
    message.writeUInt16BE(msgId, 5);
    socket.send(message);
  };
  return new Promise((done) => {
    const name = Buffer.from(`bench/${i}`);
    socket.on("message", (bytes) => {
      if (bytes[1] === 0x0d) {
        count += 1;
        next();
      } else if (bytes[1] === 0x05) {
        socket.send(Buffer.concat([Buffer.from([6 + name.length, 0x0a, 0, 0, 0, 1]), name]));
      } else if (bytes[1] === 0x0b) {
        bytes.copy(message, 3, 2, 4);
        done(next);
      }
    });
    socket.connect(Number(port), "127.0.0.1", () => {
      const id = Buffer.from(`load${i}`);
      socket.send(Buffer.concat([Buffer.from([6 + id.length, 4, 4, 1, 0, 60]), id]));
    });
  });
}

const mqtt = kind === "mqtt" ? (await import("mqtt")).default : undefined;
const starts = [];
for (let i = 0; i < CLIENTS; i++) starts.push(await (mqtt ? overMqtt(i, mqtt) : overSn(i)));
starts.forEach((next) => next());
setTimeout(() => {
  const from = process.hrtime.bigint();
  const before = count;
  setTimeout(() => {
    const seconds = Number(process.hrtime.bigint() - from) / 1e9;
    console.log(JSON.stringify({ perSecond: (count - before) / seconds }));
    process.exit(0);
  }, SECONDS * 1000);
}, WARM_SECONDS * 1000);
