// SPDX-License-Identifier: MIT
// The manifests of boards/: read, and held against their schema and against what they name. A problem is
// one sentence with the file, the place in it, and what was expected there.

import { existsSync, readdirSync, readFileSync } from "node:fs";
import { Ajv2020 } from "ajv/dist/2020.js";

const SCHEMA = new URL("../boards/board.schema.json", import.meta.url);
const BOARDS = "boards";

/** What a value is, in as many characters as a message takes. */
function shown(value) {
  const text = JSON.stringify(value) ?? "nothing";
  return text.length > 60 ? `${text.slice(0, 57)}…` : text;
}

/** The value at a JSON Pointer (RFC 6901). */
function valueAt(whole, pointer) {
  return pointer
    .split("/")
    .slice(1)
    .map((part) => part.replaceAll("~1", "/").replaceAll("~0", "~"))
    .reduce((value, part) => value?.[part], whole);
}

/** What ajv found, as a sentence. */
function sentence({ instancePath, keyword, params, message }, manifest) {
  const at = instancePath || "/";
  if (keyword === "required") return `${at}: has no "${params.missingProperty}"`;
  const unknown = params.additionalProperty ?? params.unevaluatedProperty;
  if (unknown !== undefined) return `${at}: nothing is called "${unknown}" here`;
  if (keyword === "minLength") return `${at}: is empty, expected a text`;
  const is = `is ${shown(valueAt(manifest, instancePath))}`;
  if (keyword === "enum") return `${at}: ${is}, expected one of ${params.allowedValues.join(", ")}`;
  return `${at}: ${is}, ${message.replace(/^must/, "has to")}`;
}

let validate;

/** Where a manifest differs from the schema. */
function schemaProblems(manifest) {
  validate ??= new Ajv2020({ allErrors: true, strictRequired: false, strictTypes: false }).compile(
    JSON.parse(readFileSync(SCHEMA, "utf8")),
  );
  if (validate(manifest)) return [];
  // Of a condition, what failed in its branch says all; and a branch that failed knows no properties.
  const told = validate.errors.filter(({ keyword }) => !/^(if|oneOf|anyOf)$/.test(keyword));
  const first = told.filter(({ keyword }) => keyword !== "unevaluatedProperties");
  const errors = [first, told, validate.errors].find((some) => some.length > 0);
  return [...new Set(errors.map((error) => sentence(error, manifest)))];
}

/** The names in a list that are there twice. */
function twice(names) {
  return names.filter((name, at) => names.indexOf(name) < at);
}

/** Where a board names what is not there. */
function referenceProblems(board, manifest, boards) {
  const problems = [];
  const {
    pins = [],
    buses = [],
    parts = [],
    shares,
    flashing,
    bundles = [],
    ports = [],
  } = manifest;
  const names = pins.map(({ name }) => name);
  const known = (place, pin) => {
    if (!names.includes(pin)) problems.push(`${place}: there is no pin ${shown(pin)} in /pins`);
  };
  for (const name of twice(names)) problems.push(`/pins: ${shown(name)} is there twice`);
  buses.forEach((bus, at) => {
    for (const [line, pin] of Object.entries(bus.pins)) known(`/buses/${at}/pins/${line}`, pin);
  });
  parts.forEach(({ pin }, at) => pin !== undefined && known(`/parts/${at}/pin`, pin));
  pins.forEach(({ can, taken }, at) => {
    if (can.length < 1 && taken === undefined)
      problems.push(`/pins/${at}: can do nothing, and does not say in "taken" what uses it`);
  });
  if (shares !== undefined && boards.get(shares)?.kind !== "modules")
    problems.push(`/shares: there are no modules in ${BOARDS}/${shares}`);
  for (const { entry } of [...bundles, ...ports]) {
    if (!existsSync(`${BOARDS}/${board}/${entry}`))
      problems.push(`/bundles: there is no file ${BOARDS}/${board}/${entry}`);
  }
  const built = new Set([...boards].flatMap(([name, one]) => filesOf(name, one)));
  (flashing?.puts ?? []).forEach(({ file }, at) => {
    if (!built.has(file))
      problems.push(`/flashing/puts/${at}/file: no board builds ${shown(file)}`);
  });
  return problems;
}

/** What a manifest has built, below dist/. */
export function filesOf(board, { engine, bundles = [], ports = [] }) {
  const files = [...bundles, ...ports].map(({ file }) => file);
  if (engine === "espruino") return files.map((file) => `${board}/${file}`);
  if (engine === "every")
    return files.flatMap((file) => [`espruino/${file}.min.js`, `lua/${file}.lua`]);
  return files;
}

/** Every manifest by the name of its folder, in their order. */
export function readBoards() {
  const found = new Map();
  for (const board of readdirSync(BOARDS).sort()) {
    const path = `${BOARDS}/${board}/board.json`;
    if (!existsSync(path)) continue;
    try {
      found.set(board, JSON.parse(readFileSync(path, "utf8")));
    } catch (error) {
      throw new Error(`${path}: is no JSON: ${error.message}`);
    }
  }
  return found;
}

/** What is wrong with one manifest, a sentence each; `boards` are all of them. */
export function problemsOf(board, manifest, boards) {
  const wrong = schemaProblems(manifest);
  const all = wrong.length > 0 ? wrong : referenceProblems(board, manifest, boards);
  return all.map((problem) => `${BOARDS}/${board}/board.json: ${problem}`);
}

/**
 * What is wrong with the pins a program uses, a sentence each: no such pin, one that something else has,
 * one that cannot do it, or two uses of one pin.
 * @param {any} manifest a board's
 * @param {Record<string, { pin: string, as?: string }>} uses what for, the pin, and what it has to be, such as "output"
 */
export function pinProblems({ name, pins }, uses) {
  const problems = [];
  const users = new Map();
  for (const [use, { pin, as }] of Object.entries(uses)) {
    const found = pins.find((one) => one.name === pin || one.also === pin);
    if (!found) {
      problems.push(
        `${use}: ${name} has no pin ${pin}; it has ${pins.map((p) => p.name).join(", ")}`,
      );
      continue;
    }
    const before = users.get(found);
    if (before !== undefined) problems.push(`${use}: ${pin} is ${before}'s already`);
    users.set(found, use);
    if (found.taken !== undefined) problems.push(`${use}: ${pin} is taken by ${found.taken}`);
    else if (as !== undefined && !found.can.includes(as)) {
      problems.push(`${use}: ${pin} can be ${found.can.join(", ")}, and not ${as}`);
    }
  }
  return problems;
}
