// SPDX-License-Identifier: MIT
// The Espruino back end for ports and drivers: small modules of which a program takes as many as it
// needs, and of whose records there may be any number. Nothing is flattened here.

import { readFileSync } from "node:fs";
import { dirname, relative, resolve } from "node:path";
import { build } from "esbuild";
import { minify } from "terser";
import ts from "typescript";
import { inlineOnce } from "./inline.mjs";
import { aliasProperties, joinDeclarations, sortNames, toArrows, toVars } from "./shorten.mjs";

/** Interfaces of this name are what a driver keeps for itself: their fields get short names. */
const INTERNAL = /(Reader|State|Part)$/;

/** Calls of these are shorter through a variable of the module, from the third on. */
const HOISTED = { "String.fromCharCode": "$chr", "Math.floor": "$floor" };

/** Properties that drivers read often, and the variables that hold their names. */
const ALIASES = { length: "$", charCodeAt: "_" };

/** The keys of the tables that a statement declares, where they are no fields of an interface. */
export function keysOf(statement) {
  if (!ts.isVariableStatement(statement)) return [];
  return statement.declarationList.declarations.flatMap(({ type, initializer }) => {
    const isTable = type === undefined || type.typeName?.text === "Record";
    if (!isTable || !initializer || !ts.isObjectLiteralExpression(initializer)) return [];
    return initializer.properties.map(({ name }) => name.text);
  });
}

/**
 * The fields of interfaces that no caller sees, in a file and what it imports. What a table of the module
 * has for a key keeps its name: quantities are such, and go out as they are called.
 */
export function fieldsOf(entry) {
  const internal = new Set();
  const kept = new Set();
  const seen = new Set();
  const visit = (path) => {
    if (seen.has(path)) return;
    seen.add(path);
    const file = ts.createSourceFile(
      path,
      readFileSync(path, "utf8"),
      ts.ScriptTarget.ES2022,
      true,
    );
    for (const statement of file.statements) {
      if (ts.isInterfaceDeclaration(statement)) {
        const names = INTERNAL.test(statement.name.text) ? internal : kept;
        for (const { name } of statement.members) if (name) names.add(name.text);
      }
      for (const key of keysOf(statement)) kept.add(key);
      const from = statement.moduleSpecifier?.text;
      if (from?.startsWith(".")) {
        visit(relative(".", resolve(dirname(path), from)).replace(/\.js$/, ".ts"));
      }
    }
  };
  visit(entry);
  return [...internal].filter((name) => !kept.has(name));
}

/** What is exported, as Espruino has it. */
export function toExports(text) {
  return text.replace(/export \{([^}]*)\};?\s*$/, (_all, names) =>
    names
      .split(",")
      .map((name) => name.trim())
      .filter((name) => name !== "")
      .map((name) => {
        const [local, as = local] = name.split(" as ");
        return `exports.${as} = ${local};`;
      })
      .join("\n"),
  );
}

/**
 * One module for Espruino.
 * @param {string} config a tsconfig.json
 * @param {string} entry the root file: what it exports is what the module exports
 * @returns {Promise<string>} its text
 */
export async function bundleModule(config, entry) {
  const result = await build({
    entryPoints: [entry],
    bundle: true,
    write: false,
    format: "esm",
    charset: "utf8",
    target: "es2015",
    tsconfig: config,
    logLevel: "error",
    // Under its own name it would be replaced with a helper.
    define: { require: "$require" },
  });
  let text = toExports(result.outputFiles[0].text).replaceAll("$require(", "require(");
  const hoists = [];
  for (const [name, short] of Object.entries(HOISTED)) {
    if (text.split(`${name}(`).length > 3) {
      text = text.replaceAll(`${name}(`, `${short}(`);
      hoists.push(`const ${short} = ${name};\n`);
    }
  }
  text = toVars(toArrows(inlineOnce(hoists.join("") + text)));
  const fields = fieldsOf(entry);
  const { code } = await minify(text, {
    ecma: 2015,
    toplevel: true,
    compress: {
      passes: 4,
      hoist_vars: true,
      hoist_funs: false,
      keep_fargs: false,
      negate_iife: false,
      // A function used once stays a function: as an expression it would be made at every call.
      reduce_funcs: false,
      inline: 1,
      pure_getters: true,
    },
    mangle: {
      toplevel: true,
      reserved: Object.values(ALIASES),
      properties: fields.length > 0 && {
        regex: new RegExp(`^(${fields.join("|")})$`),
        builtins: true,
      },
    },
    format: { ascii_only: false, ecma: 2015, wrap_iife: false },
  });
  // `null ==` is shorter and means the same here: nothing of ours is ever null.
  const short = code.replaceAll("void 0===", "null==").replaceAll("void 0!==", "null!=");
  return aliasProperties(sortNames(joinDeclarations(short)), ALIASES);
}
