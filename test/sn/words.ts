// SPDX-License-Identifier: MIT
// MQTT-SN messages in words, both ways: "PUBLISH 7 q1 dup #3 hello", "REGACK 3 7 0". Written from the
// specification and sharing no code with what is tested. A topic is `#3` by a normal identifier, `=3` by a
// predefined one, `'ab'` by its short name; in SUBSCRIBE and UNSUBSCRIBE a bare word is a name.

const NAMES: Record<number, string> = {
  0x00: "ADVERTISE",
  0x01: "SEARCHGW",
  0x02: "GWINFO",
  0x04: "CONNECT",
  0x05: "CONNACK",
  0x06: "WILLTOPICREQ",
  0x07: "WILLTOPIC",
  0x08: "WILLMSGREQ",
  0x09: "WILLMSG",
  0x0a: "REGISTER",
  0x0b: "REGACK",
  0x0c: "PUBLISH",
  0x0d: "PUBACK",
  0x0e: "PUBCOMP",
  0x0f: "PUBREC",
  0x10: "PUBREL",
  0x12: "SUBSCRIBE",
  0x13: "SUBACK",
  0x14: "UNSUBSCRIBE",
  0x15: "UNSUBACK",
  0x16: "PINGREQ",
  0x17: "PINGRESP",
  0x18: "DISCONNECT",
  0x1a: "WILLTOPICUPD",
  0x1b: "WILLTOPICRESP",
  0x1c: "WILLMSGUPD",
  0x1d: "WILLMSGRESP",
};
const TYPES = new Map(Object.entries(NAMES).map(([type, name]) => [name, Number(type)]));

/** A message's fields, as a test or a gateway model looks at them. */
export interface Message {
  type: string;
  dup: boolean;
  qos: number;
  retain: boolean;
  will: boolean;
  clean: boolean;
  /** "normal", "predefined" or "short". */
  idType: string;
  topicId: number;
  msgId: number;
  code: number;
  duration: number;
  /** Name, payload, client identifier or address: what goes to the end. */
  data: string;
}

const integer = (value: number) => String.fromCharCode(value >> 8, value & 255);
const ID_TYPES = ["normal", "predefined", "short", "reserved"];

/** Octets of a message. */
export function frame(type: number, body: string): string {
  const length = body.length + 2;
  return length < 256
    ? String.fromCharCode(length, type) + body
    : String.fromCharCode(1) + integer(length + 2) + String.fromCharCode(type) + body;
}

/** The fields of a message that is well formed; anything else is an error of the test's. */
export function parse(octets: string): Message {
  const bytes = Buffer.from(octets, "latin1");
  const long = bytes[0] === 1;
  const length = long ? bytes.readUInt16BE(1) : bytes[0]!;
  if (length !== bytes.length) throw new Error(`a length of ${length} in ${bytes.toString("hex")}`);
  const code = bytes[long ? 3 : 1]!;
  const type = NAMES[code];
  if (type === undefined) throw new Error(`no message: ${bytes.toString("hex")}`);
  let at = long ? 4 : 2;
  const octet = () => bytes[at++] ?? 0;
  const two = () => octet() * 256 + octet();
  const m = { type, topicId: 0, msgId: 0, code: 0, duration: 0, data: "" } as Message;
  const flags = (value: number) => {
    m.dup = (value & 128) !== 0;
    m.qos = (value >> 5) & 3;
    if (m.qos === 3) m.qos = -1;
    m.retain = (value & 16) !== 0;
    m.will = (value & 8) !== 0;
    m.clean = (value & 4) !== 0;
    m.idType = ID_TYPES[value & 3]!;
  };
  flags(0);
  const has = (...types: string[]) => types.includes(type);
  if (has("CONNECT", "PUBLISH", "SUBSCRIBE", "SUBACK", "UNSUBSCRIBE")) flags(octet());
  if (has("WILLTOPIC", "WILLTOPICUPD") && at < bytes.length) flags(octet());
  if (has("CONNECT")) {
    if (octet() !== 1) throw new Error("the protocol identifier is not 1");
    m.duration = two();
  }
  if (has("REGISTER", "REGACK", "PUBLISH", "PUBACK", "SUBACK")) m.topicId = two();
  if (
    has("REGISTER", "REGACK", "PUBLISH", "PUBACK", "SUBACK", "SUBSCRIBE", "UNSUBSCRIBE") ||
    has("UNSUBACK", "PUBREC", "PUBREL", "PUBCOMP")
  ) {
    m.msgId = two();
  }
  if (has("CONNACK", "REGACK", "PUBACK", "SUBACK", "WILLTOPICRESP", "WILLMSGRESP")) {
    m.code = octet();
  }
  if (has("ADVERTISE", "SEARCHGW", "GWINFO")) m.code = octet();
  if (has("ADVERTISE") || (has("DISCONNECT") && at < bytes.length)) m.duration = two();
  m.data = bytes.toString("latin1", at);
  return m;
}

const shortName = (topicId: number) => `'${integer(topicId)}'`;

function topicOf(m: Message): string {
  return m.idType === "short"
    ? shortName(m.topicId)
    : (m.idType === "predefined" ? "=" : "#") + m.topicId;
}

function filterOf(m: Message): string {
  if (m.idType === "normal") return m.data;
  const id = m.data.charCodeAt(0) * 256 + m.data.charCodeAt(1);
  return topicOf({ ...m, topicId: id });
}

/** A message in words. A payload of more than 40 octets is told by its length. */
export function wordOf(octets: string): string {
  if (octets.charCodeAt(1) === 0xfe && octets.charCodeAt(0) < octets.length) {
    const end = octets.charCodeAt(0);
    return `{${octets.slice(3, end)}} ${wordOf(octets.slice(end))}`;
  }
  const m = parse(octets);
  const flags = [m.dup && "dup", m.retain && "retain"].filter(Boolean);
  const data = m.data.length > 40 ? `[${m.data.length}]` : m.data;
  const words =
    {
      ADVERTISE: [m.code, m.duration],
      SEARCHGW: [m.code],
      GWINFO: [m.code, Buffer.from(m.data, "latin1").toString("hex")],
      CONNECT: [m.will && "will", m.clean && "clean", m.duration, data],
      CONNACK: [m.code],
      WILLTOPIC: data === "" ? [] : [`q${m.qos}`, ...flags, data],
      WILLMSG: [data],
      REGISTER: [m.topicId, m.msgId, data],
      REGACK: [m.topicId, m.msgId, m.code],
      PUBLISH: [m.msgId > 0 && m.msgId, `q${m.qos}`, ...flags, topicOf(m), data],
      PUBACK: [m.topicId, m.msgId, m.code],
      SUBSCRIBE: [m.msgId, `q${m.qos}`, ...flags, filterOf(m)],
      SUBACK: [`q${m.qos}`, m.topicId, m.msgId, m.code],
      UNSUBSCRIBE: [m.msgId, ...flags, filterOf(m)],
      PINGREQ: [data],
      DISCONNECT: [m.duration > 0 && m.duration],
      WILLTOPICUPD: data === "" ? [] : [`q${m.qos}`, ...flags, data],
      WILLTOPICRESP: [m.code],
      WILLMSGUPD: [data],
      WILLMSGRESP: [m.code],
    }[m.type] ?? (m.msgId > 0 ? [m.msgId] : []);
  return [m.type, ...words.filter((word) => word !== false && word !== "")].join(" ");
}

/** The octets of a message in words. */
export function octetsOf(words: string): string {
  const [name = "", ...rest] = words.split(" ");
  const type = TYPES.get(name);
  if (type === undefined) throw new Error(`no message: ${words}`);
  const take = (word: string) => rest[0] === word && rest.shift() !== undefined;
  const number = () => Number(rest.shift());
  const qos = () =>
    (/^q(-1|\d)$/.test(rest[0] ?? "") ? Number(rest.shift()!.slice(1)) & 3 : 0) * 32;
  const flags = () => qos() + (take("dup") ? 128 : 0) + (take("retain") ? 16 : 0);
  const topic = (): [number, string] => {
    const word = rest.shift()!;
    if (/^'..'$/s.test(word)) return [2, word.slice(1, 3)];
    if (/^[#=]/.test(word)) return [word[0] === "=" ? 1 : 0, integer(Number(word.slice(1)))];
    return [0, word];
  };
  const chr = (...values: number[]) => String.fromCharCode(...values);
  const ids = () => integer(number()) + integer(number());
  let body: string;
  switch (name) {
    case "ADVERTISE":
      body = chr(number()) + integer(number());
      break;
    case "SEARCHGW":
    case "CONNACK":
    case "WILLTOPICRESP":
    case "WILLMSGRESP":
      body = chr(number());
      break;
    case "GWINFO":
      body = chr(number()) + Buffer.from(rest[0] ?? "", "hex").toString("latin1");
      break;
    case "CONNECT": {
      const all = (take("will") ? 8 : 0) + (take("clean") ? 4 : 0);
      body = chr(all, 1) + integer(number()) + rest.join(" ");
      break;
    }
    case "WILLTOPIC":
    case "WILLTOPICUPD":
      body = rest.length < 1 ? "" : chr(flags()) + rest.join(" ");
      break;
    case "REGISTER":
      body = ids() + rest.join(" ");
      break;
    case "REGACK":
    case "PUBACK":
      body = ids() + chr(number());
      break;
    case "PUBLISH": {
      const id = /^\d/.test(rest[0]!) ? number() : 0;
      const all = flags();
      const [kind, where] = topic();
      body = chr(all + kind) + where + integer(id) + rest.join(" ");
      break;
    }
    case "SUBSCRIBE":
    case "UNSUBSCRIBE": {
      const id = number();
      const all = flags();
      const [kind, where] = topic();
      body = chr(all + kind) + integer(id) + where;
      break;
    }
    case "SUBACK":
      body = chr(qos()) + ids() + chr(number());
      break;
    case "DISCONNECT":
      body = rest.length < 1 ? "" : integer(number());
      break;
    case "PUBREC":
    case "PUBREL":
    case "PUBCOMP":
    case "UNSUBACK":
      body = integer(number());
      break;
    default:
      body = rest.join(" ");
  }
  return frame(type, body);
}
