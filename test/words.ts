// SPDX-License-Identifier: MIT
// Control packets in words, both ways, through mqtt-packet: "PUBLISH 7 q1 dup a/b hello",
// "PUBACK 7", "SUBACK 32768 1", "CONNACK present". At QoS 0 the identifier is left out.

import mqttPacket, { type Packet, type QoS } from "mqtt-packet";

const names = new RegExp(
  "^(CONNECT|CONNACK|PUBLISH|PUBACK|PUBREC|PUBREL|PUBCOMP|SUBSCRIBE|SUBACK" +
    "|UNSUBSCRIBE|UNSUBACK|PINGREQ|PINGRESP|DISCONNECT)( |$)",
);

/** The octets of packets in words; what is no packet's name is octets already. */
export function octetsOf(...what: string[]): string {
  return what.map((word) => (names.test(word) ? encode(word) : word)).join("");
}

/** A PUBLISH as a server sends it, as octets. */
export function publishOf(
  topic: string,
  payload: string,
  qos: number = 0,
  messageId: number = 0,
  flags: { dup?: boolean; retain?: boolean } = {},
): string {
  return generate({
    cmd: "publish",
    topic,
    payload: Buffer.from(payload, "latin1"),
    qos: qos as QoS,
    dup: flags.dup === true,
    retain: flags.retain === true,
    ...(qos > 0 ? { messageId } : {}),
  });
}

function generate(packet: Packet): string {
  return mqttPacket.generate(packet).toString("latin1");
}

function encode(words: string): string {
  const [name = "", ...rest] = words.split(" ");
  const cmd = name.toLowerCase();
  const messageId = Number(rest[0]);
  switch (cmd) {
    case "connack":
      return generate({
        cmd,
        sessionPresent: rest[0] === "present",
        returnCode: rest[0] === "present" ? 0 : Number(rest[0] ?? 0),
      });
    case "publish": {
      const id = /^\d/.test(rest[0]!) ? Number(rest.shift()) : 0;
      const qos = Number(rest.shift()!.substring(1));
      const dup = rest[0] === "dup" && rest.shift() !== "";
      const retain = rest[0] === "retain" && rest.shift() !== "";
      return publishOf(rest.shift()!, rest.join(" "), qos, id, { dup, retain });
    }
    case "suback":
      return generate({ cmd, messageId, granted: rest.slice(1).map(Number) });
    case "subscribe":
      return generate({ cmd, messageId, subscriptions: [{ topic: rest[1]!, qos: 0 }] });
    case "unsubscribe":
      return generate({ cmd, messageId, unsubscriptions: [rest[1]!] });
    case "connect":
      return generate({ cmd, clientId: "other", protocolId: "MQTT", protocolVersion: 4 });
    default:
      return generate({ cmd, ...(rest.length > 0 ? { messageId } : {}) } as Packet);
  }
}

/** A decoded packet in words. A payload of more than 40 octets is told by its length. */
export function wordOf(packet: Packet): string {
  const name = packet.cmd.toUpperCase();
  switch (packet.cmd) {
    case "publish": {
      const payload = Buffer.from(packet.payload as Buffer).toString("latin1");
      const id = packet.qos > 0 ? `${packet.messageId} ` : "";
      const flags = (packet.dup ? " dup" : "") + (packet.retain ? " retain" : "");
      const shown = payload.length > 40 ? `[${payload.length}]` : payload;
      return `${name} ${id}q${packet.qos}${flags} ${packet.topic} ${shown}`;
    }
    case "subscribe": {
      const wanted = packet.subscriptions.map(({ topic, qos }) => `${topic} q${qos}`);
      return `${name} ${packet.messageId} ${wanted.join(" ")}`;
    }
    case "unsubscribe":
      return `${name} ${packet.messageId} ${packet.unsubscriptions.join(" ")}`;
    default:
      return packet.messageId === undefined ? name : `${name} ${packet.messageId}`;
  }
}
