// SPDX-License-Identifier: MIT
// The Espruino back end: TypeScript's compiler with `flatten`, esbuild to bundle, terser to minify,
// and a check that the result uses only the language Espruino accepts.

import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { build } from "esbuild";
import { minify } from "terser";
import { flatten, FREE } from "./flatten.mjs";
import { fieldsOf, toExports } from "./modules.mjs";
import { dropUnread, inlineOnce, moveInto } from "./inline.mjs";
import {
  aliasProperties,
  aliasUndefined,
  joinDeclarations,
  orderDeclarations,
  sortNames,
  toArrows,
  toVars,
} from "./shorten.mjs";

/** Calls of these are shorter and faster through a variable of the module. */
const HOISTED = { "String.fromCharCode": "$chr", "Math.floor": "$floor" };

/** Properties that are read often, and the variables that hold their names. */
const ALIASES = { length: "$", charCodeAt: "_" };

/** Functions that run for every message: what they use is declared first. */
const HOT = ["publish", "gateSend", "readPackets", "leanPublish", "leanReceive"];

/** Functions that run once, or every few seconds: what only they call is made while they run. */
const RARE = ["connect", "driveTick", "openStream"];

/** A variable that has no value. */
const UNDEFINED = "$_";

/** Fields of records that never leave a bundle; all others keep their names. */
const INTERNAL =
  "filter|levels|handler|handlers|title|topicIn|askedOn|knownTo|id|octets|give|size|flags|body|stage|level|isKnown|goneAt";

/**
 * One bundle for Espruino.
 * @param {string} config a tsconfig.json
 * @param {string} entry the root file: what it exports is what the bundle, as a module, exports
 * @returns {Promise<{ code: string, needs: string[] }>} its text, and what the firmware has to offer for it:
 *   whatever a source file names in a line `// @needs …`
 */
export async function bundleEspruino(config, entry) {
  const { outputs, variables, constants, passed, apart } = flatten(config, [
    entry,
    "boards/espruino/globals.d.ts",
  ]);
  const result = await build({
    entryPoints: [entry],
    bundle: true,
    write: false,
    format: "esm",
    charset: "utf8",
    target: "es2015",
    tsconfig: config,
    // A port is a record that became variables: nobody imports it by name any more.
    ignoreAnnotations: true,
    logLevel: "error",
    metafile: true,
    plugins: [
      {
        name: "flattened",
        setup: (esbuild) =>
          esbuild.onLoad({ filter: /\.ts$/ }, ({ path }) => ({
            // Under its own name esbuild would replace it with a helper.
            contents: outputs.get(path)?.replaceAll("require(", "$require("),
            loader: "js",
          })),
      },
    ],
  });
  const needs = Object.keys(result.metafile.inputs).flatMap((path) =>
    [...readFileSync(path, "utf8").matchAll(/^\/\/ @needs (\S+)$/gm)].map(([, need]) => need),
  );
  let text = toExports(result.outputFiles[0].text).replaceAll("$require(", "require(");
  text = text.replaceAll(FREE, "");
  // A function in a record of the module goes by its own name.
  for (const name of constants) {
    const found = new RegExp(`^\\${name} = (\\w+);\n`, "m").exec(text);
    if (found && text.includes(`function ${found[1]}(`)) {
      text = text.replace(found[0], "").replaceAll(new RegExp(`\\${name}\\b`, "g"), found[1]);
    }
  }
  // Another file that only its types are taken from may have a function of that name.
  const inputs = new Set(Object.keys(result.metafile.inputs).map((path) => resolve(path)));
  const kept = [...apart].filter(([, path]) => inputs.has(path)).map(([name]) => name);
  text = inlineOnce(text, passed, new Set(kept));
  for (const name of RARE) {
    // What moved in may be the only one that calls what is still outside.
    for (let before = ""; before !== text;) {
      before = text;
      text = moveInto(text, name);
    }
  }
  text = dropUnread(text, new Set(variables), constants);
  // A name of the firmware's that is used once goes by its own name.
  for (const name of constants) {
    const found = new RegExp(`^\\${name} = (\\w+);\n`, "m").exec(text);
    const uses = new RegExp(`\\${name}\\b`, "g");
    if (found && text.match(uses).length === 2) {
      text = text.replace(found[0], "").replaceAll(uses, found[1]);
      constants.delete(name);
    }
  }
  for (const name of constants) {
    text = text.replace(new RegExp(`^\\${name} = `, "m"), `const ${name} = `);
  }
  const declared = variables.filter((name) => text.includes(name) && !constants.has(name));
  const hoists = [];
  for (const [name, short] of Object.entries(HOISTED)) {
    if (text.split(`${name}(`).length > 2) {
      text = text.replaceAll(`${name}(`, `${short}(`);
      hoists.push(`${short} = ${name}`);
    }
  }
  const lets = [...hoists, ...declared];
  text = toVars(toArrows(lets.length > 0 ? `let ${lets.join(", ")};\n${text}` : text));
  const nameCache = {};
  const minified = await minify(text, {
    nameCache,
    ecma: 2015,
    toplevel: true,
    compress: {
      passes: 4,
      // One `var` a function: shorter, and a block in a loop declares nothing anew.
      hoist_vars: true,
      unsafe: false,
      hoist_funs: false,
      keep_fargs: false,
      booleans_as_integers: false,
      negate_iife: false,
      // A function used once stays a function: as an expression it would be made at every call.
      reduce_funcs: false,
      inline: 1,
      arrows: true,
      pure_getters: true,
      comparisons: true,
      global_defs: {},
    },
    mangle: {
      toplevel: true,
      reserved: [...Object.values(ALIASES), UNDEFINED],
      properties: {
        regex: new RegExp(`^(${[INTERNAL, ...fieldsOf(entry)].join("|")})$`),
        builtins: true,
      },
    },
    format: { ascii_only: false, ecma: 2015, wrap_iife: false },
  });
  // `null ==` is shorter and means the same here: nothing of ours is ever null.
  const code = minified.code.replaceAll("void 0===", "null==").replaceAll("void 0!==", "null!=");
  const names = nameCache.vars.props;
  const hot = new Set(HOT.map((name) => names[`$${name}`] ?? name));
  const ordered = orderDeclarations(joinDeclarations(code), hot);
  return { code: aliasUndefined(aliasProperties(sortNames(ordered), ALIASES), UNDEFINED), needs };
}
