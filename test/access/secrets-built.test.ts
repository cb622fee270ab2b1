// SPDX-License-Identifier: MIT
// Secrets that lie about where somebody builds (a node's ringlet.json, keys, the environment) are in
// nothing that is built or packed: no bundle, no declaration, no sizes, no tarball. No source maps, which
// would carry more than a bundle does, are made at all.

import { spawnSync } from "node:child_process";
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { gunzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

const SECRET = "planted-7f3a";
const root = fileURLToPath(new URL("../../", import.meta.url));
/** What the build reads, and what npm packs. */
const SOURCES = [
  ...["src", "boards", "examples", "tools", "build.mjs", "tsconfig.json", "package.json"],
  ...["README.md", "CHANGELOG.md", "LICENSE"],
];
/** Each back end, and the programs that read a ringlet.json; all of them would take a minute. */
const BOARDS = ["espruino", "espruino-esp32", "nodemcu-esp8266", "host"];
/** Where somebody may have put them, and under which name. */
const PLANTED = ["", "boards", "boards/espruino-esp32", "boards/nodemcu-esp8266", "src", "dist"];
const NAMES = ["ringlet.json", "node.key", ".env", ".npmrc.local"];

/** Every file below a folder. */
function below(folder: string): string[] {
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name);
    return statSync(path).isDirectory() ? below(path) : [path];
  });
}

describe("what is built where secrets lie about", () => {
  let tree: string;
  let planted: string[];
  const run = (command: string, ...args: string[]) => {
    const { status, stdout, stderr } = spawnSync(command, args, {
      cwd: tree,
      encoding: "utf8",
      env: { ...process.env, RINGLET_PASSWORD: SECRET, RINGLET_KEY: SECRET },
    });
    if (status !== 0) throw new Error(`${command} ${args.join(" ")}: ${stdout}${stderr}`);
    return stdout + stderr;
  };
  let said: string;

  beforeAll(() => {
    tree = mkdtempSync(join(tmpdir(), "ringlet-built-"));
    for (const name of SOURCES) cpSync(join(root, name), join(tree, name), { recursive: true });
    symlinkSync(join(root, "node_modules"), join(tree, "node_modules"));
    mkdirSync(join(tree, "dist"));
    planted = PLANTED.flatMap((folder) => NAMES.map((name) => join(tree, folder, name)));
    for (const path of planted) {
      writeFileSync(path, JSON.stringify({ username: "node1", password: SECRET, key: SECRET }));
    }
    said = run(process.execPath, "build.mjs", ...BOARDS);
    said += run("npm", "pack", "--ignore-scripts", "--json");
  }, 120000);
  afterAll(() => rmSync(tree, { recursive: true, force: true }));

  test("holds them in no file, and no command printed them", () => {
    const made = below(join(tree, "dist")).filter((path) => !planted.includes(path));
    expect(made.length).toBeGreaterThan(30);
    expect(made.map((path) => relative(tree, path))).toContain("dist/sizes.json");
    expect(made.filter((path) => readFileSync(path, "latin1").includes(SECRET))).toEqual([]);
    expect(said).not.toContain(SECRET);
  });

  test("has no source maps", () => {
    const made = below(join(tree, "dist"));
    expect(made.filter((path) => path.endsWith(".map"))).toEqual([]);
    expect(
      made.filter((path) => readFileSync(path, "latin1").includes("sourceMappingURL")),
    ).toEqual([]);
  });

  test("is packed without them", () => {
    const [tarball] = readdirSync(tree).filter((name) => name.endsWith(".tgz"));
    const octets = gunzipSync(readFileSync(join(tree, tarball!))).toString("latin1");
    // It is the tarball, and in the clear.
    expect(octets).toContain("package/dist/espruino/ringlet.min.js");
    expect(octets).not.toContain(SECRET);
  });
});
