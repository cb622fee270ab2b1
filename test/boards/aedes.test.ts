// SPDX-License-Identifier: MIT
// What is wrong with the server that other tests use, so that nobody takes it for a fault of ours: aedes
// 1.2 with its store in memory mixes up PUBRECs that it gets before it has the PUBCOMP of an earlier one.
// Tests of QoS 2 over broken connections use mosquitto for that. When this test fails, aedes has been
// mended, and they may use it as well. No client of ours takes part.

import { connect, type Socket } from "node:net";
import mqttPacket, { type Packet } from "mqtt-packet";
import { expect, onTestFinished, test } from "vitest";
import { brokerOpen, until } from "./broker.js";

/** A connection that says packets and keeps what it hears. */
function open(port: number) {
  const socket: Socket = connect(port, "127.0.0.1");
  const parser = mqttPacket.parser();
  const heard: Packet[] = [];
  parser.on("packet", (packet) => heard.push(packet));
  socket.on("data", (octets) => parser.parse(octets));
  socket.on("error", () => {});
  return {
    socket,
    heard,
    says: (packet: Packet) => void socket.write(mqttPacket.generate(packet)),
    hears: (count: number) => until(() => heard.length >= count),
  };
}

const CONNECT: Packet = {
  cmd: "connect",
  clientId: "c",
  clean: false,
  protocolId: "MQTT",
  protocolVersion: 4,
  keepalive: 0,
};

// outgoingUpdate of aedes-persistence 11.0.0 (asyncPersistence.js) looks a PUBREL up by brokerId and
// brokerCounter, which it has not: undefined equals undefined, so it finds the PUBREL that is stored
// already and gives it the new identifier. The first message's PUBREL is lost, and the second one's
// PUBLISH is kept beside its PUBREL.
test("aedes sends a PUBLISH again behind its PUBREL, and loses another PUBREL [MQTT-4.3.3-1]", async () => {
  const broker = await brokerOpen();
  onTestFinished(() => broker.close());
  const first = open(broker.port);
  first.says(CONNECT);
  await first.hears(1);
  first.says({ cmd: "subscribe", messageId: 1, subscriptions: [{ topic: "t", qos: 2 }] });
  await first.hears(2);
  for (const payload of ["A", "B"]) {
    broker.aedes.publish({ topic: "t", payload, qos: 2, retain: false } as never, () => {});
  }
  await first.hears(4);
  const ids = first.heard.slice(2).map(({ messageId }) => messageId!);
  // Both in one segment: the second comes before PUBREL has been answered.
  first.socket.cork();
  for (const messageId of ids) first.says({ cmd: "pubrec", messageId });
  first.socket.uncork();
  await first.hears(6);
  expect(first.heard.slice(4).map(({ cmd }) => cmd)).toEqual(["pubrel", "pubrel"]);
  first.socket.destroy();

  const second = open(broker.port);
  onTestFinished(() => void second.socket.destroy());
  second.says(CONNECT);
  await second.hears(3);
  const again = second.heard.map(({ cmd, messageId }) => [cmd, messageId]);
  expect(again).toEqual([
    ["connack", undefined],
    // [MQTT-4.4.0-1] wants both PUBRELs here, and [MQTT-4.3.3-1] no PUBLISH.
    ["pubrel", ids[1]],
    ["publish", ids[1]],
  ]);
});
