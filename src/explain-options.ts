// SPDX-License-Identifier: MIT
// Which option of `connect` makes no sense, and what to do about it: `clientOpen` answers with a
// number, because sentences are octets; in Node and browsers there is room for them. Each rule
// answers with what is expected, or undefined when the value is fine.

import { toPayload, utf8 } from "#engine";
import { Limit } from "#limits";
import { isUtf8 } from "./engine/utf8.js";
import { encodeTopicName } from "./wire/topic.js";

type Values = Record<string, unknown>;
type Rule = (value: unknown, all: Values) => string | undefined;
type Rules = Record<string, Rule>;

/** Timers hold 31 bits; a longer delay would become none at all. */
const MAX_MS = 2147483647;

/** Names that other clients use, or that people try. */
const ELSEWHERE: Record<string, string> = {
  hostname: "host",
  server: "host",
  servers: "hosts",
  broker: "host",
  user: "username",
  pass: "password",
  clean: "cleanSession",
  reconnectPeriod: "reconnect",
  connectTimeout: "answerMs",
  timeout: "answerMs",
  ssl: "tls",
};

function whole(min: number, max: number, unit: string, advice = ""): Rule {
  return (value) =>
    typeof value === "number" && value >= min && value <= max && value % 1 === 0
      ? undefined
      : `a whole number from ${min} to ${max}${unit}${advice && `. ${advice}`}`;
}

function isText(value: unknown): boolean {
  if (typeof value !== "string") return false;
  const octets = utf8(value);
  return octets.length < 65536 && isUtf8(octets);
}

const TEXT = "text of up to 65535 octets of UTF-8, without U+0000 or half a surrogate pair";

const flag: Rule = (value) => (typeof value === "boolean" ? undefined : "true or false");

const octets: Rule = (value) => {
  const payload = toPayload(value);
  return payload !== undefined && payload.length < 65536
    ? undefined
    : "text, a Uint8Array or a number, up to 65535 octets";
};

function isRecord(value: unknown): value is Values {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** A list with at least one element, each of them fine. */
function each(what: string, isFine: (value: unknown) => boolean): Rule {
  return (value) =>
    Array.isArray(value) && value.length > 0 && value.every(isFine)
      ? undefined
      : `a list with at least one server, each ${what}: those to try behind the first one`;
}

/** Whether all that is given is known, and fine. */
function hasOnly(rules: Rules, values: Values): boolean {
  return Object.entries(values).every(
    ([name, value]) =>
      Object.hasOwn(rules, name) &&
      (value === undefined || rules[name]!(value, values) === undefined),
  );
}

const WILL: Rules = {
  topic: (value) =>
    typeof value === "string" && encodeTopicName(value).length > 0
      ? undefined
      : `a topic name: ${TEXT}, not empty, without the wildcards + and #`,
  payload: octets,
  qos: (value) => (value === 0 || value === 1 || value === 2 ? undefined : "0, 1 or 2"),
  retain: (value) => (typeof value === "number" ? undefined : flag(value, {})),
};

const RECONNECT: Rules = {
  min: (value, all) => {
    const max = (all["max"] ?? Limit.RECONNECT_MAX_MS) as number;
    const wrong = whole(1, MAX_MS, " milliseconds")(value, all);
    return wrong ?? ((value as number) > max ? `no more than reconnect.max, ${max}` : undefined);
  },
  max: (value, all) => {
    const min = (all["min"] ?? Limit.RECONNECT_MIN_MS) as number;
    const wrong = whole(1, MAX_MS, " milliseconds")(value, all);
    return wrong ?? ((value as number) < min ? `no less than reconnect.min, ${min}` : undefined);
  },
};

const COMMON: Rules = {
  clientId: (value, all) => {
    if (!isText(value)) return TEXT;
    return value === "" && all["cleanSession"] === false
      ? 'not empty with cleanSession false: the server keeps the session under this name, so it has to be the same every time [MQTT-3.1.3-7]. Give the device a name, such as "kitchen-1"'
      : undefined;
  },
  username: (value) => (isText(value) ? undefined : TEXT),
  password: (value, all) =>
    all["username"] === undefined
      ? 'given only with a username [MQTT-3.1.2-22]. Where the server wants a token alone, give username: ""'
      : octets(value, all),
  keepAlive: whole(0, 65535, " seconds", "0 turns keep alive off"),
  cleanSession: (value, all) =>
    value === false && all["clientId"] === undefined
      ? 'given with a clientId when it is false: the server keeps the session under that name. Give the device a name, such as clientId: "kitchen-1"'
      : flag(value, all),
  will: (value) => (isRecord(value) ? undefined : "{ topic, payload, qos, retain }"),
  reconnect: (value) => (isRecord(value) ? undefined : "{ min, max } in milliseconds"),
  eager: flag,
  // Time is kept in steps of a quarter.
  answerMs: whole(4, MAX_MS, " milliseconds"),
  outbox: whole(1, 4294967295, " octets"),
  inFlight: whole(1, 9999, " messages"),
  inbox: whole(1, 268435460, " octets"),
  subscriptions: whole(1, 9999, " entries"),
  linkWindow: whole(1, 4294967295, " octets"),
};

/** Where a server listens. */
const SERVER: Rules = {
  host: (value) =>
    typeof value === "string" && /^[^\s/?#@[\]]+$/.test(value)
      ? undefined
      : 'the name or address of the server and nothing else: "broker.example", "192.0.2.7". The port has its own option, and tls: {} means TLS',
  port: whole(1, 65535, "", "Leave it out for 1883, or 8883 with tls"),
  tls: (value) =>
    isRecord(value) ? undefined : "an object: options of node:tls, or {} for its defaults",
};

/** The options of a connection by TCP or TLS. */
export const HOST_RULES: Rules = {
  ...SERVER,
  hosts: each("{ host, port, tls }", (server) => isRecord(server) && hasOnly(SERVER, server)),
  ...COMMON,
};

const isUrl = (value: unknown) =>
  /^wss?:\/\/[^\s/?#][^\s#]*$/i.test(String(value)) && URL.canParse(String(value));

/** The options of a connection by WebSocket. */
export const URL_RULES: Rules = {
  url: (value) =>
    isUrl(value)
      ? undefined
      : 'a whole URL that begins with ws: or wss:, such as "wss://broker.example:8884/mqtt"',
  urls: each("a whole URL that begins with ws: or wss:", isUrl),
  WebSocket: (value) =>
    typeof (value ?? globalThis.WebSocket) === "function"
      ? undefined
      : 'a constructor. Node before 22 has none of its own: install the package "ws" and pass the WebSocket it exports',
  ...COMMON,
};

const REQUIRED = /^(host|url|WebSocket|will\.(topic|payload))$/;

/** The first option that makes no sense, as a sentence, or undefined when all do. */
export function explainOptions(rules: Rules, options: unknown): string | undefined {
  const first = Object.keys(rules)[0];
  if (!isRecord(options)) {
    return `connect was given ${shown("", options)}; expected is one object: connect({ ${first}: … }).`;
  }
  const wrong = check(rules, options, "");
  if (wrong !== undefined) return wrong;
  for (const [name, nested] of Object.entries({ will: WILL, reconnect: RECONNECT })) {
    const value = options[name];
    const deeper = value === undefined ? undefined : check(nested, value as Values, `${name}.`);
    if (deeper !== undefined) return deeper;
  }
  return undefined;
}

function check(rules: Rules, values: Values, prefix: string): string | undefined {
  for (const name of Object.keys(values)) {
    if (!Object.hasOwn(rules, name)) {
      const near = nearest(name, Object.keys(rules));
      const hint =
        near === undefined
          ? `Known are ${Object.keys(rules).join(", ")}.`
          : `Is ${prefix}${near} meant?`;
      return `connect has no option ${prefix}${name}. ${hint}`;
    }
  }
  for (const [name, rule] of Object.entries(rules)) {
    const value = values[name];
    const expected =
      value === undefined && !REQUIRED.test(prefix + name) ? undefined : rule(value, values);
    if (expected !== undefined) {
      return `connect was given ${prefix}${name}: ${shown(name, value)}; expected is ${expected}.`;
    }
  }
  return undefined;
}

/** The value as a person recognizes it; never a password, a key, or the login in front of an @. */
function shown(name: string, value: unknown): string {
  if (name === "password") return `a secret (${typeof value})`;
  if (typeof value === "string") {
    if (name === "tls") return "text";
    const open = value.replace(/[^]*@/, "…@");
    return JSON.stringify(open.length > 60 ? `${open.substring(0, 60)}…` : open);
  }
  if (typeof value === "function") return "a function";
  if (value instanceof Uint8Array) return `a Uint8Array of ${value.length}`;
  if (Array.isArray(value)) return "an array";
  return typeof value === "object" && value !== null ? "an object" : String(value);
}

/** The known name that was most likely meant. */
function nearest(name: string, known: string[]): string | undefined {
  const elsewhere = Object.hasOwn(ELSEWHERE, name) ? ELSEWHERE[name]! : "";
  if (known.includes(elsewhere)) return elsewhere;
  const distances = known.map((each) => distance(name.toLowerCase(), each.toLowerCase()));
  const least = Math.min(...distances);
  return least <= 2 ? known[distances.indexOf(least)] : undefined;
}

/** How many characters have to be put in, left out or changed (Levenshtein). */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, at) => at);
  for (let i = 0; i < a.length; i++) {
    const next = [i + 1];
    for (let j = 0; j < b.length; j++) {
      const change = row[j]! + (a[i] === b[j] ? 0 : 1);
      next.push(Math.min(change, row[j + 1]! + 1, next[j]! + 1));
    }
    row = next;
  }
  return row[b.length]!;
}
