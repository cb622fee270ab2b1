// SPDX-License-Identifier: MIT
// The Lua back end: a board's sources joined into one TypeScript text, TypeScriptToLua with a plugin for
// the few string calls the sources use, then tools/lua to check and to minify. One text for NodeMCU's
// Lua 5.1 (float and integer) and 5.3, and for desktop Lua.

import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, join, relative, resolve } from "node:path";
import ts from "typescript";
import * as tstl from "typescript-to-lua";
import { flattenSource } from "./flatten.mjs";
import { keysOf } from "./modules.mjs";
import { checkLua } from "../lua/check.mjs";
import { minify } from "../lua/minify.mjs";
import { split } from "../lua/split.mjs";
import {
  dropCopies,
  countUp,
  inlineOnce,
  inPlace,
  inlineSmall,
  nest,
  unwrap,
} from "../lua/apart.mjs";

/** What the import paths stand for in Lua. */
const PATHS = { "#engine": "src/engine/lua/index.ts", "#limits": "src/limits/small.ts" };

/** Interfaces whose fields callers see, in src and of firmwares: their names stay as they are. */
const PUBLIC = new Set([
  "Options",
  "Usual",
  "ConnectFields",
  "Will",
  "MessagePacket",
  "Client",
  "LeanClient",
  "GadgetClient",
  "NodeSide",
  "Stats",
  "Address",
  "Config",
  "SnOptions",
  "SnSessionOptions",
  "SnClient",
  "SnSenderClient",
  "SnStats",
  "SnPacket",
  "SnStream",
  "Network",
]);

/** Interfaces of ports and drivers, which are bundles apart from each other, and of no others. */
const PORTS = new Set([
  "I2cBus",
  "SpiDevice",
  "OneWireBus",
  "Uart",
  "DhtLine",
  "DigitalPin",
  "AnalogPin",
  "PwmPin",
  "Store",
  "Sensor",
  "Quantity",
  "Output",
]);

/** A console of NodeMCU takes 255 characters a line. */
const WIDTH = 200;

/** Read once at the top of the chunk, where that is shorter. */
const HOIST = ["string.byte", "string.sub", "string.char", "string.find"];

/** Local variables of the chunk: NodeMCU's limit is 50. */
const LOCALS = 50;
/** Locals around the innermost function, of which it may reach for 60, and its own: the first that fit. */
const NESTS = [60, 58, 56, 54, 52, 50].flatMap((reach) => [50, 47, 44].map((own) => [reach, own]));

/**
 * The source files an entry needs, each behind what it imports, and whether for more than its types.
 * @returns {Map<string, boolean>}
 */
function filesOf(entry) {
  const found = new Map();
  const visiting = new Set();
  const visit = (path, isValue) => {
    const key = `${path} ${isValue}`;
    if (visiting.has(key)) return;
    visiting.add(key);
    for (const statement of parse(path).statements) {
      if (!statement.moduleSpecifier) continue;
      visit(targetOf(path, statement), isValue && !isOfTypes(statement));
    }
    found.set(path, isValue || found.get(path) === true);
  };
  visit(entry, true);
  return found;
}

/** Whether an import brings types only. */
function isOfTypes(statement) {
  if (ts.isExportDeclaration(statement)) return statement.isTypeOnly;
  const clause = statement.importClause;
  const elements = clause?.namedBindings?.elements ?? [];
  return clause?.isTypeOnly || (elements.length > 0 && elements.every((one) => one.isTypeOnly));
}

const parse = (path) =>
  ts.createSourceFile(path, readFileSync(path, "utf8"), ts.ScriptTarget.ES2022, true);

/**
 * What the names of a bundle's files are called in the one chunk they become: as they are, but where
 * another file has the name already.
 * @param {Iterable<string>} paths in their order
 * @param {string} entry whose names stay as they are
 * @returns {Map<string, Map<string, string>>} by file
 */
function namesInChunk(paths, entry) {
  const taken = new Set();
  const names = new Map();
  for (const path of [entry, ...paths]) {
    if (names.has(path)) continue;
    const own = new Map();
    for (const statement of parse(path).statements) {
      for (const name of isImport(statement) ? [] : namesOf(statement)) {
        // One name may be a value and a type, in one file.
        if (own.has(name)) continue;
        let free = name;
        for (let count = 2; taken.has(free) && !isAmbient(statement); count++) {
          free = `${name}${count}`;
        }
        own.set(name, free);
        taken.add(free);
      }
    }
    names.set(path, own);
  }
  return names;
}

const isImport = (statement) =>
  ts.isImportDeclaration(statement) || ts.isExportDeclaration(statement);

const isAmbient = (statement) =>
  statement.modifiers?.some((m) => m.kind === ts.SyntaxKind.DeclareKeyword) === true;

/** The file that an import is of. */
function targetOf(path, statement) {
  const name = statement.moduleSpecifier.text;
  const target = PATHS[name] ?? relative(".", resolve(dirname(path), name));
  return target.replace(/\.js$/, ".ts");
}

/** What names in a file are called in the chunk, where that is something else. */
function renamesOf(path, file, names) {
  const renames = new Map([...names.get(path)].filter(([name, own]) => name !== own));
  for (const statement of file.statements) {
    const bindings = ts.isImportDeclaration(statement) && statement.importClause?.namedBindings;
    for (const { propertyName, name } of (bindings && bindings.elements) || []) {
      const from = (propertyName ?? name).text;
      const own = names.get(targetOf(path, statement))?.get(from) ?? from;
      if (own !== name.text) renames.set(name.text, own);
    }
  }
  return renames;
}

/** Whether an identifier is the name of a field. */
function isField(node) {
  const { parent } = node;
  return (
    parent.name === node &&
    (ts.isPropertyAccessExpression(parent) ||
      ts.isPropertyAssignment(parent) ||
      ts.isPropertySignature(parent) ||
      ts.isMethodSignature(parent) ||
      ts.isEnumMember(parent))
  );
}

/** The text of a statement of a file under other names; what would then mean another one is refused. */
function renamed(statement, file, renames) {
  const changes = [];
  const visit = (node) => {
    if (ts.isIdentifier(node) && renames.has(node.text) && !isField(node)) {
      const { parent } = node;
      const isInner =
        (ts.isParameter(parent) || ts.isVariableDeclaration(parent)) &&
        parent.name === node &&
        parent.parent?.parent !== statement;
      if (isInner || ts.isShorthandPropertyAssignment(parent) || ts.isBindingElement(parent)) {
        const { line } = file.getLineAndCharacterOfPosition(node.getStart(file));
        throw new Error(
          `${file.fileName}:${line + 1} "${node.text}" is called ${renames.get(node.text)} in this ` +
            "bundle: give what is declared here another name, or write a field out",
        );
      }
      changes.push([node.getStart(file), node.getEnd(), renames.get(node.text)]);
    }
    ts.forEachChild(node, visit);
  };
  if (renames.size > 0) visit(statement);
  const from = statement.getFullStart();
  return changes.reduceRight(
    (text, [start, end, name]) => text.slice(0, start - from) + name + text.slice(end - from),
    statement.getFullText(file),
  );
}

/** All sources as one text without imports; `exported` are the values that the entry exports. */
function joined(entry) {
  const exported = [];
  const files = filesOf(entry);
  const names = namesInChunk(files.keys(), entry);
  let text = "";
  for (const [path, isWhole] of files) {
    const file = parse(path);
    const renames = renamesOf(path, file, names);
    text += `// ${path}\n`;
    for (const statement of file.statements) {
      if (ts.isImportDeclaration(statement)) continue;
      if (ts.isExportDeclaration(statement)) {
        if (path === entry && statement.exportClause && !statement.isTypeOnly) {
          exported.push(...statement.exportClause.elements.map((e) => e.name.text));
        }
        continue;
      }
      const isValue = ts.isFunctionDeclaration(statement) || ts.isVariableStatement(statement);
      if (isValue && !isWhole) continue;
      const word = statement.modifiers?.find((m) => m.kind === ts.SyntaxKind.ExportKeyword);
      if (path === entry && isValue && word) exported.push(...namesOf(statement));
      const whole = renamed(statement, file, renames);
      const from = word ? word.getStart(file) - statement.getFullStart() : 0;
      text += `${word ? whole.slice(0, from) + whole.slice(from + "export".length) : whole}\n`;
    }
  }
  // Without exports it would be no module, and its names would be globals.
  return { text: `${text}\nexport { ${exported.join(", ")} };\n`, exported };
}

function namesOf(statement) {
  if (ts.isVariableStatement(statement)) {
    return statement.declarationList.declarations.map((d) => d.name.text);
  }
  return statement.name ? [statement.name.text] : [];
}

/**
 * The fields of records that no caller sees: their names may change. Whatever a firmware, a caller or a
 * table of quantities calls something keeps it.
 * @param {string} text all sources
 * @param {string[]} ambient files that tell what the engine has
 * @param {string[]} exported what the chunk returns
 * @param {boolean} isModule whether it is a port or a driver
 */
function internalFields(text, ambient, exported, isModule) {
  const internal = new Set();
  const kept = new Set(exported);
  const namesBelow = (node) => {
    if (node.name && ts.isIdentifier(node.name)) kept.add(node.name.text);
    ts.forEachChild(node, namesBelow);
  };
  for (const path of ambient) namesBelow(parse(path));
  const file = ts.createSourceFile("all.ts", text, ts.ScriptTarget.ES2022, true);
  for (const statement of file.statements) {
    if (ts.isInterfaceDeclaration(statement)) {
      const { text } = statement.name;
      if (PORTS.has(text) && !isModule) continue;
      const isPublic = isModule && (PORTS.has(text) || text.endsWith("Options"));
      const names = PUBLIC.has(text) || text.endsWith("Config") || isPublic ? kept : internal;
      for (const { name } of statement.members) if (name) names.add(name.text);
    } else if (
      ts.isTypeAliasDeclaration(statement) &&
      /^(Client|Sn)Event$/.test(statement.name.text)
    ) {
      for (const { literal } of statement.type.types) kept.add(literal.text);
    }
    for (const key of keysOf(statement)) kept.add(key);
  }
  return new Set([...internal].filter((name) => !kept.has(name)));
}

/** Where an octet past the end may be asked for; there it is 0, which no length check lets pass. */
const LOOSE = new Set([
  "readPackets",
  "decodeInteger",
  "decodeMessage",
  "fieldsAt",
  "encapsulatedAt",
]);

/** Functions whose negative results their one caller passes on at once. */
const PASSED = new Set(["readHead", "readControl"]);

/** Functions that are handed on for each chunk or message, and so are made once. */
const HOT = new Set(["readPackets", "sendPiece"]);

const isString = (context, node) => {
  const type = context.checker.getTypeAtLocation(node);
  return (type.flags & ts.TypeFlags.StringLike) !== 0;
};

function functionName(node) {
  for (let at = node.parent; at; at = at.parent) {
    if (ts.isFunctionDeclaration(at)) return at.name?.text;
  }
  return undefined;
}

/** What TypeScriptToLua would need a library for, or makes longer than it has to be. */
const plugin = {
  visitors: {
    // `s.charCodeAt(i)` and `s.slice(a, b)` as Lua's own.
    [ts.SyntaxKind.CallExpression](node, context) {
      const callee = node.expression;
      if (ts.isPropertyAccessExpression(callee) && isString(context, callee.expression)) {
        const call = (name, ...rest) =>
          tstl.createCallExpression(
            tstl.createTableIndexExpression(
              tstl.createIdentifier("string"),
              tstl.createStringLiteral(name),
            ),
            [context.transformExpression(callee.expression), ...rest],
            node,
          );
        const next = (argument) =>
          tstl.createBinaryExpression(
            context.transformExpression(argument),
            tstl.createNumericLiteral(1),
            tstl.SyntaxKind.AdditionOperator,
          );
        const [a, b] = node.arguments;
        if (callee.name.text === "charCodeAt") {
          const octet = call("byte", next(a));
          return LOOSE.has(functionName(node))
            ? tstl.createBinaryExpression(
                octet,
                tstl.createNumericLiteral(0),
                tstl.SyntaxKind.OrOperator,
              )
            : octet;
        }
        if (callee.name.text === "slice") {
          return call("sub", next(a), ...(b ? [context.transformExpression(b)] : []));
        }
      }
      return context.superTransformExpression(node);
    },
  },
};

/** What a chunk returns, as one table. */
function exportsAtOnce(lua) {
  const fields = [];
  const kept = lua.replace(/^____exports\.(\w+) = (\w+)\n/gm, (_all, field, value) => {
    fields.push(`${field} = ${value}`);
    return "";
  });
  return kept
    .replace("local ____exports = {}\n", "")
    .replace("return ____exports", `return { ${fields.join(", ")} }`);
}

/** The chunk with functions written out where they are called. */
function writtenOut(lua, passed) {
  const steps = [
    exportsAtOnce,
    countUp,
    unwrap,
    dropCopies,
    inlineSmall,
    (/** @type {string} */ chunk) => inlineOnce(chunk, passed),
    dropCopies,
    inlineSmall,
    (/** @type {string} */ chunk) => inPlace(chunk, HOT),
  ];
  return steps.reduce((text, step) => step(text), lua);
}

/** The chunk once more, in files of `size` octets: `lua/x.lua` is `lua/split/x.lua`, which loads the others. */
function filesOfParts(text, { file, size }) {
  const [folder, name] = [dirname(file), basename(file, ".lua")];
  const files = split(text, { name, size, width: WIDTH });
  return Object.fromEntries(
    Object.entries(files).map(([part, chunk]) => [`${folder}/split/${part}`, chunk]),
  );
}

/**
 * One chunk of Lua.
 * @param {string} board its folder
 * @param {string} entry the root file: what it exports is what the chunk returns
 * @param {{ file: string, size: number }} [parts] where it goes, and how long each file may be that it
 *   is split into
 * @returns {{ text: string, readable: string, files: Record<string, string>, problems: string[] }}
 *   minified and as it was compiled, the files it is split into, and what keeps it off a board
 */
export function bundleLua(board, entry, parts) {
  const isModule = board === "sensors" || entry.startsWith("ports/");
  const isExample = entry.startsWith("../../examples/");
  const { text, exported } = joined(join("boards", board, entry));
  const folder = `dist/.lua/${board}`;
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const path = join(folder, "bundle.ts");
  writeFileSync(path, text);
  const ambient = [
    "src/engine/lua/globals.d.ts",
    ...(board.startsWith("nodemcu") ? ["boards/nodemcu/globals.d.ts"] : []),
    ...(board.startsWith("nodemcu") && (isModule || isExample)
      ? ["boards/nodemcu/ports/globals.d.ts"]
      : []),
    `boards/${board}/globals.d.ts`,
  ];
  const files = [path, ...new Set(ambient.filter((file) => existsSync(file)))];
  const options = {
    target: ts.ScriptTarget.ESNext,
    lib: ["lib.es2015.d.ts"],
    moduleResolution: ts.ModuleResolutionKind.Bundler,
    module: ts.ModuleKind.ESNext,
    types: ["@typescript-to-lua/language-extensions"],
    strict: true,
    noUncheckedIndexedAccess: true,
    skipLibCheck: true,
    luaTarget: tstl.LuaTarget.Universal,
    // Modules are on the board, not here.
    noResolvePaths: ["*"],
    luaLibImport: tstl.LuaLibImportKind.None,
    noHeader: true,
    noImplicitSelf: true,
    luaPlugins: [{ plugin }],
  };
  // Its types were checked before its records became variables; what they are now is of no concern.
  const program = ts.createProgram(files, options);
  const before = ts.getPreEmitDiagnostics(program);
  writeFileSync(path, flattenSource(program, program.getSourceFile(path)));
  let lua = "";
  const result = tstl.transpileFiles(files, options, (_name, written) => {
    lua = written;
  });
  const found = [...before, ...result.diagnostics.filter((d) => d.source === "typescript-to-lua")];
  const problems = found.map((d) => {
    const message = ts.flattenDiagnosticMessageText(d.messageText, "\n");
    if (!d.file) return message;
    const { line } = d.file.getLineAndCharacterOfPosition(d.start ?? 0);
    return `${d.file.fileName}:${line + 1} ${message}`;
  });
  for (const [helper] of lua.matchAll(/__TS__\w+/g)) problems.push(`${entry} needs ${helper}`);
  if (problems.length > 0) return { text: lua, readable: lua, files: {}, problems };
  const whole = writtenOut(lua, PASSED);
  const internal = internalFields(text, files.slice(1), exported, isModule);
  // A function that sets all that a client has may reach for too many variables: then more are fields.
  let readable, made, minified;
  for (const [reach, inner] of NESTS) {
    const nested = nest(whole, LOCALS - HOIST.length, inner, reach - HOIST.length);
    readable = nested.text;
    made = { width: WIDTH, fields: new Set([...internal, ...nested.fields]), hoist: HOIST };
    minified = minify(readable, made);
    if (checkLua(minified, entry).length < 1) break;
  }
  // Files share what is in the chunk: for them nothing is put into a function of its own, and functions
  // stay shorter, because a board compiles each by itself.
  const pieces = parts ? filesOfParts(minify(writtenOut(lua, new Set()), made), parts) : {};
  for (const [name, chunk] of Object.entries({ [entry]: minified, ...pieces })) {
    for (const p of checkLua(chunk, name))
      problems.push(`${name}:${p.line}:${p.column} ${p.message}`);
  }
  return { text: minified, readable, files: pieces, problems };
}
