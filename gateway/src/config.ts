// SPDX-License-Identifier: MIT
// The configuration file: JSON, checked against config.schema.json, which has the defaults too. What is wrong is
// told as sentences: where, what was expected, what to do. Unknown keys are refused.

import { readFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { isIP } from "node:net";
import { Ajv, type ErrorObject } from "ajv";
import { type Octets, utf8 } from "#engine";
import schema from "../config.schema.json" with { type: "json" };
import type { ClientRule } from "./rules.js";
import type { Limits, QueueSettings } from "./settings.js";
import { isTopicName, type Predefined, predefinedOpen } from "./topics.js";
import type { Broker } from "./upstream/broker.js";
import type { LinkOptions } from "./links/open.js";

/** Everything a gateway is told, files read and defaults filled in. */
export interface Config {
  name: string;
  gatewayId: number;
  mode: "transparent" | "aggregating";
  broker: Broker;
  links: LinkOptions[];
  advertiseSeconds: number;
  predefined: Predefined;
  qosMinusOne: boolean;
  rules: ClientRule[];
  onlyListed: boolean;
  limits: Limits;
  queue: QueueSettings;
  retries: number;
  sessionSeconds: number;
  state: string | undefined;
  health: { topic: string; everySeconds: number } | undefined;
  log: "debug" | "info" | "warn" | "silent";
}

/** The configuration cannot be used; the message says why, a sentence a line. */
export class ConfigError extends Error {}

const ajv = new Ajv({ allErrors: true, useDefaults: true, discriminator: true, verbose: true });
const validate = ajv.compile<any>(schema);

/** Reads a file, and what it refers to. */
export function configRead(path: string): Config {
  return configFrom(parse(read(path, "The configuration"), path), path);
}

/** What was read, or given by a program; `path` is for sentences, and for what relative paths begin at. */
export function configFrom(given: unknown, path = "configuration.json"): Config {
  const all = structuredClone(given) as any;
  if (!validate(all)) {
    const sentences = (validate.errors ?? [])
      .filter(isTelling)
      .map((e) => `${path}: ${sentence(e)}`);
    throw new ConfigError([...new Set(sentences)].join("\n"));
  }
  const base = dirname(resolve(path));
  const file = (name: string, where: string) => read(resolve(base, name), `${path}: ${where}`);
  const { broker } = all;
  const bytes = (key: string) =>
    broker[key] === undefined ? undefined : file(broker[key], `broker.${key}`);
  const predefined =
    typeof all.predefined === "string"
      ? topicsFrom(parse(file(all.predefined, "predefined"), all.predefined), all.predefined)
      : topicsFrom(all.predefined, `${path}: predefined`);
  const rules: ClientRule[] = all.clients.map((one: any, i: number) => ({
    id: utf8(one.id),
    username: one.username,
    password: passwordOf(one, `clients[${i}]`),
    from: checkFrom(one.from, `${path}: clients[${i}].from`),
    predefined: one.predefined && topicsFrom(one.predefined, `${path}: clients[${i}].predefined`),
  }));
  return {
    ...all,
    broker: {
      url: broker.url,
      username: broker.username,
      password: passwordOf(broker, "broker"),
      keepAlive: broker.keepAlive,
      connectMs: broker.connectSeconds * 1000,
      ca: bytes("ca"),
      cert: bytes("cert"),
      key: bytes("key"),
    },
    links: named(all.links, path),
    predefined,
    rules,
    state: all.state && resolve(base, all.state),
  };

  function passwordOf(one: any, where: string): string | undefined {
    if (one.passwordFile === undefined) return one.password;
    if (one.password !== undefined)
      throw new ConfigError(
        `${path}: ${where} has password and passwordFile: leave one of them out.`,
      );
    return file(one.passwordFile, `${where}.passwordFile`).toString("utf8").split(/\r?\n/)[0];
  }
}

function read(path: string, what: string): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const why = code === "ENOENT" ? "there is no such file" : `it cannot be read (${code})`;
    throw new ConfigError(`${what}: ${path}: ${why}. Check the path and who may read it.`);
  }
}

function parse(bytes: Buffer, path: string): unknown {
  try {
    return JSON.parse(bytes.toString("utf8"));
  } catch (error) {
    throw new ConfigError(`${path}: has to be JSON: ${(error as Error).message}. Mend it there.`);
  }
}

/** Names for links that have none: the type, and its number from the second on. */
function named(links: LinkOptions[], path: string): LinkOptions[] {
  const names = new Set<string>();
  return links.map((link, i) => {
    const count = links.slice(0, i).filter(({ type }) => type === link.type).length;
    const name = link.name ?? (count > 0 ? `${link.type}${count + 1}` : link.type);
    if (names.has(name))
      throw new ConfigError(
        `${path}: links[${i}].name: "${name}" is there already: choose another.`,
      );
    names.add(name);
    if (link.type === "udp" && isIP(link.host) === 0)
      throw new ConfigError(
        `${path}: links[${i}].host: has to be an address, and is "${link.host}": ` +
          `0.0.0.0 listens everywhere.`,
      );
    return { ...link, name };
  });
}

/** Topic names with their numbers, each number once. */
function topicsFrom(given: unknown, where: string): Predefined {
  const entries: [Octets, number][] = [];
  const seen = new Map<number, string>();
  if (typeof given !== "object" || given === null || Array.isArray(given))
    throw new ConfigError(`${where}: has to be an object of topic names and numbers.`);
  for (const [name, id] of Object.entries(given)) {
    const octets = utf8(name);
    const other = seen.get(id);
    if (!isTopicName(octets))
      throw new ConfigError(
        `${where}: "${name}" is no topic name: + and # stand for others there.`,
      );
    if (!Number.isInteger(id) || id < 1 || id > 65534)
      throw new ConfigError(`${where}: "${name}" has to have a whole number from 1 to 65534.`);
    if (other !== undefined)
      throw new ConfigError(`${where}: "${name}" and "${other}" have the same number: change one.`);
    seen.set(id, name);
    entries.push([octets, id]);
  }
  return predefinedOpen(entries);
}

function checkFrom(from: string[] | undefined, where: string): string[] | undefined {
  for (const one of from ?? []) {
    const [address = "", bits] = one.split("/");
    const most = isIP(address) === 6 ? 128 : 32;
    const isWhole = bits !== undefined && /^\d{1,3}$/.test(bits) && Number(bits) <= most;
    if (bits !== undefined && (isIP(address) === 0 || !isWhole))
      throw new ConfigError(`${where}: "${one}" is no network: write it as 10.0.0.0/8.`);
  }
  return from;
}

/** Of alternatives that fail together, only those that say something. */
function isTelling({ keyword }: ErrorObject): boolean {
  return !["anyOf", "oneOf", "propertyNames"].includes(keyword);
}

/** "/links/0/port" as "links[0].port". */
const placeOf = (path: string) =>
  path
    .slice(1)
    .replaceAll(/\/(\d+)(?=\/|$)/g, "[$1]")
    .replaceAll("/", ".") || "the whole";

function sentence({ instancePath, keyword, params, data, parentSchema }: ErrorObject): string {
  const place = placeOf(instancePath);
  const is = data === undefined ? "" : `, and is ${JSON.stringify(data)?.slice(0, 60)}`;
  switch (keyword) {
    case "additionalProperties": {
      const known = Object.keys(parentSchema?.["properties"] ?? {}).filter(
        (key) => key !== "$schema",
      );
      const key = params["additionalProperty"];
      const near = known.find((one) => one.toLowerCase() === String(key).toLowerCase());
      const advice = near ? `write "${near}"` : `take it out, or use one of ${known.join(", ")}`;
      return `${place}: there is no setting "${key}": ${advice}.`;
    }
    case "required":
      return `${place}: "${params["missingProperty"]}" is missing: write it.`;
    case "enum":
      return `${place}: has to be one of ${params["allowedValues"].join(", ")}${is}: choose one.`;
    case "discriminator":
      return `${place}.type: has to be one of udp, tcp, serial, tty, ble: choose one.`;
    case "minimum":
    case "maximum": {
      const { minimum, maximum } = parentSchema as { minimum: number; maximum: number };
      return `${place}: has to be from ${minimum} to ${maximum}${is}: change it.`;
    }
    case "type":
      return `${place}: has to be ${article(params["type"])}${is}: change it.`;
    case "pattern":
      return `${place}: has another form${is}: ${parentSchema?.["description"] ?? params["pattern"]}`;
    default:
      return `${place}: is too short, too long or too few${is}: change it.`;
  }
}

const article = (type: string) =>
  ({ integer: "a whole number", object: "an object", array: "a list" })[type] ??
  (type === "boolean" ? "true or false" : `a ${type}`);
