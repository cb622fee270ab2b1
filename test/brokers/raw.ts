// SPDX-License-Identifier: MIT
// A conversation with a server octet by octet, for what a broker does by itself: packets are sent
// one after the other, each behind what it waits for, and everything is written down as it came.

import { connect } from "node:net";
import { generate, type Packet, parser } from "mqtt-packet";

export interface Conversation {
  /** What came, parsed; "closed" at the end where the server closed. */
  got: (Packet & Record<string, any>)[];
  isClosed: boolean;
  /** Both directions: "→" and "←", the packet's name and its octets in hexadecimal. */
  capture: string[];
}

/** One thing to send, and when the conversation goes on: behind a packet of that name, or at its end. */
export interface Turn {
  send: Record<string, unknown>;
  /** The answer that is waited for; without one, nothing is. */
  until?: string;
}

export const CONNECT = {
  cmd: "connect",
  protocolId: "MQTT",
  protocolVersion: 4,
  clean: true,
  clientId: "probe",
  keepalive: 60,
};

/** The most octets of a packet that a capture shows. */
const SHOWN = 40;

const shown = (arrow: string, name: string, octets: Buffer) => {
  const hex = octets
    .subarray(0, SHOWN)
    .toString("hex")
    .replace(/..(?=.)/g, "$& ");
  return `${arrow} ${name.toUpperCase()} ${hex}${octets.length > SHOWN ? " …" : ""}`;
};

/**
 * Says all that to a server and returns what it answered. Ends when the last answer has come, when
 * the server closes, or, where the last turn waits for nothing, behind the answer to a PINGREQ.
 */
export function converse(port: number, turns: Turn[]): Promise<Conversation> {
  const told: Conversation = { got: [], isClosed: false, capture: [] };
  const all = [{ send: CONNECT, until: "connack" }, ...turns];
  if (all[0]!.send["cmd"] === all[1]?.send["cmd"]) all.shift();
  if (all.at(-1)!.until === undefined) all.push({ send: { cmd: "pingreq" }, until: "pingresp" });
  return new Promise((done) => {
    const socket = connect(port, "127.0.0.1");
    const packets = parser({ protocolVersion: 4 });
    let pending: string | undefined;
    const next = () => {
      pending = undefined;
      const turn = all.shift();
      if (turn === undefined) return void socket.destroy();
      const octets = generate(turn.send as unknown as Packet);
      if (turn.send["cmd"] !== "pingreq") {
        told.capture.push(shown("→", String(turn.send["cmd"]), octets));
      }
      socket.write(octets);
      if (turn.until === undefined) next();
      else pending = turn.until;
    };
    packets.on("packet", (packet: Packet & Record<string, any>) => {
      told.got.push(packet);
      if (packet.cmd !== "pingresp") {
        told.capture.push(shown("←", packet.cmd, generate(packet as Packet)));
      }
      if (packet.cmd === pending) next();
    });
    socket.on("connect", next);
    socket.on("data", (octets) => packets.parse(octets));
    socket.on("error", () => {});
    socket.on("end", () => {
      told.isClosed = true;
      told.capture.push("← closed");
      socket.destroy();
    });
    socket.on("close", () => done(told));
  });
}
