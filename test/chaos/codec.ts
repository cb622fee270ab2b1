// SPDX-License-Identifier: MIT
// Control packets to octets and back, strictly as MQTT 3.1.1 has them, written for chaos and sharing
// nothing with the client: a fault that both had would be none. Octets are binary strings.

/** The types of control packets (table 2.1). */
export const enum Type {
  CONNECT = 1,
  CONNACK = 2,
  PUBLISH = 3,
  PUBACK = 4,
  PUBREC = 5,
  PUBREL = 6,
  PUBCOMP = 7,
  SUBSCRIBE = 8,
  SUBACK = 9,
  UNSUBSCRIBE = 10,
  UNSUBACK = 11,
  PINGREQ = 12,
  PINGRESP = 13,
  DISCONNECT = 14,
}

export const NAMES =
  "0 CONNECT CONNACK PUBLISH PUBACK PUBREC PUBREL PUBCOMP SUBSCRIBE SUBACK UNSUBSCRIBE UNSUBACK PINGREQ PINGRESP DISCONNECT".split(
    " ",
  );

/** A packet, with the fields its type has. */
export interface Packet {
  type: Type;
  id: number;
  qos: number;
  dup: boolean;
  retain: boolean;
  /** The topic name of PUBLISH, the topic filter of SUBSCRIBE and UNSUBSCRIBE, the client identifier. */
  topic: string;
  payload: string;
  /** Return code, or session present × 256 + return code. */
  code: number;
  clean: boolean;
  keepAlive: number;
}

const char = String.fromCharCode;
const word = (value: number) => char(value >> 8, value & 255);
const wordAt = (octets: string, at: number) =>
  octets.charCodeAt(at) * 256 + octets.charCodeAt(at + 1);
const decoder = new TextDecoder("utf-8", { fatal: true });

/** A packet of any first octet. */
export function frame(first: number, body: string): string {
  let length = body.length;
  let header = char(first);
  do {
    header += char((length % 128) + (length > 127 ? 128 : 0));
    length = Math.floor(length / 128);
  } while (length > 0);
  return header + body;
}

/** PUBACK, PUBREC, PUBREL, PUBCOMP, UNSUBACK. */
export const ack = (type: Type, id: number) =>
  frame(type * 16 + (type === Type.PUBREL ? 2 : 0), word(id));
export const connack = (present: boolean, code: number) => frame(32, char(present ? 1 : 0, code));
export const suback = (id: number, code: number) => frame(144, word(id) + char(code));
export const pingresp = () => frame(208, "");

export function publish(
  topic: string,
  payload: string,
  qos: number,
  id: number,
  dup: boolean,
  retain: boolean,
): string {
  const first = 48 + (dup ? 8 : 0) + qos * 2 + (retain ? 1 : 0);
  return frame(first, word(topic.length) + topic + (qos > 0 ? word(id) : "") + payload);
}

/** Where the packet's body begins and ends; `end` is −1 while that is not known, −2 if never. */
export function measure(octets: string, at = 0): { body: number; end: number } {
  let length = 0;
  for (let i = 1; i < 5; i++) {
    const octet = octets.charCodeAt(at + i);
    if (!(octet >= 0)) return { body: 0, end: -1 };
    length += (octet & 127) * 128 ** (i - 1);
    if (octet < 128) return { body: at + i + 1, end: at + i + 1 + length };
  }
  return { body: 0, end: -2 };
}

/** Whether octets are a topic name (section 4.7). */
export function isTopicName(octets: string): boolean {
  if (octets === "" || /[+#\0]/.test(octets)) return false;
  if (/^[\x01-\x7f]*$/.test(octets)) return true;
  try {
    decoder.decode(Buffer.from(octets, "latin1"));
    return true;
  } catch {
    return false;
  }
}

/** Whether a filter matches a topic name (section 4.7), by a regular expression made of it. */
export function matches(filter: string, topic: string): boolean {
  if (topic.startsWith("$") && /^[+#]/.test(filter)) return false;
  const pattern = filter
    .split("/")
    .map((level) =>
      level === "+" ? "[^/]*" : level === "#" ? ".*" : level.replace(/[^\w]/g, "\\$&"),
    )
    .join("/")
    .replace(/\/\.\*$/, "(/.*)?");
  return new RegExp(`^${pattern}$`, "s").test(topic);
}

const none: Packet = {
  type: Type.CONNECT,
  id: 0,
  qos: 0,
  dup: false,
  retain: false,
  topic: "",
  payload: "",
  code: 0,
  clean: false,
  keepAlive: 0,
};

/** The head of a PUBLISH; `payloadAt` is −1 while the head is not whole, and a string says what is wrong. */
export function headOf(
  first: number,
  octets: string,
  body: number,
  end: number,
): { packet: Packet; payloadAt: number } | string {
  const qos = (first >> 1) & 3;
  if (qos > 2) return "QoS 3";
  if (qos === 0 && first & 8) return "DUP at QoS 0";
  const packet = { ...none, type: Type.PUBLISH, qos, dup: (first & 8) > 0, retain: first % 2 > 0 };
  const topicEnd = body + 2 + (body + 2 <= octets.length ? wordAt(octets, body) : 0);
  const payloadAt = topicEnd + (qos > 0 ? 2 : 0);
  if (payloadAt > end) return "a topic beyond its packet";
  if (body + 2 > octets.length || payloadAt > octets.length) return { packet, payloadAt: -1 };
  packet.topic = octets.slice(body + 2, topicEnd);
  if (!isTopicName(packet.topic)) return "no topic name";
  if (qos > 0) packet.id = wordAt(octets, topicEnd);
  if (qos > 0 && packet.id === 0) return "packet identifier 0";
  return { packet, payloadAt };
}

/** A whole packet from a client or from a server, or what is wrong with it. */
export function decode(octets: string, fromClient: boolean): Packet | string {
  const first = octets.charCodeAt(0);
  const type: Type = first >> 4;
  const { body, end } = measure(octets);
  const length = end - body;
  if (type === Type.PUBLISH) {
    const head = headOf(first, octets, body, end);
    if (typeof head === "string") return head;
    return { ...head.packet, payload: octets.slice(head.payloadAt) };
  }
  const flags =
    type === Type.PUBREL || type === Type.SUBSCRIBE || type === Type.UNSUBSCRIBE ? 2 : 0;
  if ((first & 15) !== flags) return "reserved flags";
  const packet: Packet = { ...none, type };
  if (type >= Type.PUBACK && type <= Type.UNSUBACK) packet.id = wordAt(octets, body);
  if (type >= Type.PUBACK && type <= Type.PUBCOMP) {
    return length !== 2 ? "a length" : packet.id > 0 ? packet : "packet identifier 0";
  }
  return fromClient
    ? decodeFromClient(packet, octets, body, length)
    : decodeFromServer(packet, octets, body, length);
}

function decodeFromServer(packet: Packet, octets: string, body: number, length: number) {
  const { type } = packet;
  if (type === Type.CONNACK) {
    if (length !== 2) return "a length";
    const [flags, code] = [octets.charCodeAt(body), octets.charCodeAt(body + 1)];
    packet.code = flags * 256 + code;
    return flags > 1 || code > 5 || flags * code > 0 ? "a reserved value in CONNACK" : packet;
  }
  if (type === Type.PINGRESP) return length === 0 ? packet : "a length";
  if (type === Type.UNSUBACK && length === 2) return packet.id > 0 ? packet : "identifier 0";
  if (type === Type.SUBACK && length === 3) {
    packet.code = octets.charCodeAt(body + 2);
    if (packet.code > 2 && packet.code !== 128) return "a reserved return code";
    return packet.id > 0 ? packet : "identifier 0";
  }
  return "not a server's packet, or of a wrong length";
}

function decodeFromClient(packet: Packet, octets: string, body: number, length: number) {
  const { type } = packet;
  if (type === Type.PINGREQ || type === Type.DISCONNECT) return length === 0 ? packet : "a length";
  if (type === Type.CONNECT) {
    if (octets.slice(body, body + 7) !== "\0\x04MQTT\x04") return "another protocol";
    packet.clean = (octets.charCodeAt(body + 7) & 2) > 0;
    packet.keepAlive = wordAt(octets, body + 8);
    packet.topic = octets.slice(body + 12, body + 12 + wordAt(octets, body + 10));
    return packet;
  }
  if (type !== Type.SUBSCRIBE && type !== Type.UNSUBSCRIBE) return "not a client's packet";
  const size = wordAt(octets, body + 2);
  packet.topic = octets.slice(body + 4, body + 4 + size);
  packet.qos = type === Type.SUBSCRIBE ? octets.charCodeAt(body + 4 + size) : -1;
  if (length !== 4 + size + (type === Type.SUBSCRIBE ? 1 : 0)) return "more or less than a filter";
  if (packet.qos > 2 || packet.id === 0) return "a reserved QoS, or identifier 0";
  return packet;
}

/** Octets gathered until packets are whole. `wrong` says what was not MQTT; nothing is read after it. */
export interface Reader {
  rest: string;
  wrong: string | undefined;
  fromClient: boolean;
}

export const readerOpen = (fromClient: boolean): Reader => ({
  rest: "",
  wrong: undefined,
  fromClient,
});

/** The next whole packet in what was gathered, if there is one. */
export function readPacket(reader: Reader): Packet | undefined {
  if (reader.wrong !== undefined) return undefined;
  const { end } = measure(reader.rest);
  if (end === -2) reader.wrong = "a Remaining Length of five octets";
  if (end < 0 || end > reader.rest.length) return undefined;
  const packet = decode(reader.rest.slice(0, end), reader.fromClient);
  reader.rest = reader.rest.slice(end);
  if (typeof packet !== "string") return packet;
  reader.wrong = packet;
  return undefined;
}

/** A packet as a person reads it. */
export function wordsOf(packet: Packet): string {
  const { type, id, qos, topic, payload } = packet;
  const name = NAMES[type]!;
  if (type === Type.PUBLISH) {
    const flags = (packet.dup ? " dup" : "") + (packet.retain ? " retain" : "");
    const shown = payload.length > 12 ? `${payload.slice(0, 8)}…[${payload.length}]` : payload;
    return `${name}${id > 0 ? ` ${id}` : ""} q${qos}${flags} ${topic} ${shown}`;
  }
  if (type === Type.CONNECT) return `${name}${packet.clean ? " clean" : ""}`;
  if (type === Type.CONNACK) {
    return `${name}${packet.code > 255 ? " present" : ""}${packet.code % 256 > 0 ? ` ${packet.code % 256}` : ""}`;
  }
  if (type === Type.SUBSCRIBE) return `${name} ${id} ${topic} q${qos}`;
  if (type === Type.UNSUBSCRIBE) return `${name} ${id} ${topic}`;
  return `${name}${id > 0 ? ` ${id}` : ""}${type === Type.SUBACK ? ` ${packet.code}` : ""}`;
}
