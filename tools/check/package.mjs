// SPDX-License-Identifier: MIT
// What npm would publish, looked at from the outside: which files it holds, what publint and
// are-the-types-wrong say, and whether a program that installed it compiles and runs. Packs into a
// folder of its own; nothing is installed from anywhere.

import { spawnSync } from "node:child_process";
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { publint } from "publint";
import { formatMessage } from "publint/utils";

const root = fileURLToPath(new URL("../../", import.meta.url));

/** What has to be in the package, and what may be. */
const NEEDED = [
  "CHANGELOG.md",
  "LICENSE",
  "README.md",
  "package.json",
  "boards/board.schema.json",
  "dist/espruino/ringlet.min.js",
  "dist/espruino/ringlet-auth.min.js",
  "dist/lua/ringlet.lua",
  "dist/node/auth-command.js",
  "dist/node/auth.d.ts",
  "dist/node/auth.js",
  "dist/node/index.d.ts",
  "dist/node/index.js",
  "dist/node/websocket.d.ts",
  "dist/node/websocket.js",
];
const ALLOWED = /^dist\/(node|espruino|lua|lua\/split)\/[^/]+$/;

/** A program as a user would write it, under the strictest settings. */
const PROGRAM = `
import { connect, explain, Status, text, type Client, type Options } from "ringlet";
import { newKey, nodeSide, peerSide, type Side } from "ringlet/auth";
import { connect as connectWeb } from "ringlet/websocket";

const options: Options = { host: "127.0.0.1", port: 1, clientId: "a" };
const client: Client = connect(options);
client
  .on("message", (topic, payload, { qos }) => console.log(topic.length, text(payload), qos + 1))
  .on("close", (status) => console.log(status === Status.UNREACHABLE, explain(status)));
const key: string = newKey();
const node: Side = nodeSide({ key, file: "node" });
const signed = node.sign("a", "x");
if (typeof signed === "number") throw new Error(explain(signed));
const verified = peerSide({ key, file: "peer" }).verify("a", signed);
if (typeof verified === "number" || text(verified) !== "x") throw new Error("not verified");
client.subscribe("a/#", 1, (_topic, payload) => console.log(payload.byteLength));
const id: number = client.publish("a", new Uint8Array(3), 1, true);
if (id === Status.TOO_LONG || Status[id] === "TOO_LONG") console.log(explain(id));
client.end();
let sentence = "";
try {
  connectWeb({ url: "http://127.0.0.1" });
} catch (error) {
  sentence = (error as Error).message;
}
if (!sentence.includes("ws:") || Status.CLOSED !== -31) throw new Error(sentence);
`;

const problems = [];

function run(command, args, cwd) {
  const { status, stdout, stderr, error } = spawnSync(command, args, { cwd, encoding: "utf8" });
  return { ok: status === 0, stdout, all: `${stdout}${stderr}${error ?? ""}`.trim() };
}

async function checkProgram(folder) {
  const config = {
    compilerOptions: {
      target: "ES2022",
      module: "NodeNext",
      lib: ["ES2022", "DOM"],
      types: [],
      strict: true,
      isolatedModules: true,
      exactOptionalPropertyTypes: true,
      skipLibCheck: false,
    },
    files: ["program.mts"],
  };
  await writeFile(join(folder, "program.mts"), PROGRAM);
  await writeFile(join(folder, "tsconfig.json"), JSON.stringify(config));
  const compiled = run(process.execPath, [join(root, "node_modules/typescript/bin/tsc")], folder);
  if (!compiled.ok) problems.push(`A program that uses the package's types: ${compiled.all}`);
  const ran = run(process.execPath, ["program.mjs"], folder);
  if (!ran.ok) problems.push(`A program that uses the package ends badly: ${ran.all}`);
}

async function check(folder) {
  const packed = run(
    "npm",
    ["pack", "--ignore-scripts", "--json", "--pack-destination", folder],
    root,
  );
  if (!packed.ok) {
    problems.push(`npm pack failed: ${packed.all}`);
    return;
  }
  const [{ filename, files }] = JSON.parse(packed.stdout);
  const held = files.map(({ path }) => path);
  for (const path of NEEDED) {
    if (!held.includes(path)) problems.push(`The package lacks ${path}.`);
  }
  for (const path of held) {
    if (!NEEDED.includes(path) && !ALLOWED.test(path)) {
      problems.push(`The package holds ${path}, which is not for users.`);
    }
  }
  const modules = join(folder, "node_modules");
  await mkdir(modules);
  const unpacked = run("tar", ["-xzf", filename, "-C", modules], folder);
  if (!unpacked.ok) problems.push(`The package does not unpack: ${unpacked.all}`);
  await symlink("package", join(modules, "ringlet"));

  const pkgDir = join(modules, "package");
  const pkg = JSON.parse(await readFile(join(pkgDir, "package.json"), "utf8"));
  const { messages } = await publint({ pkgDir, pack: false, strict: true });
  for (const message of messages) problems.push(`publint: ${formatMessage(message, pkg)}`);

  const attw = join(root, "node_modules/@arethetypeswrong/cli/dist/index.js");
  const types = run(
    process.execPath,
    [attw, filename, "--profile", "esm-only", "--no-color", "--no-emoji"],
    folder,
  );
  if (!types.ok) problems.push(`are-the-types-wrong: ${types.all}`);
  await checkProgram(folder);
}

/** The gateway's package holds these, and nothing else. */
const GATEWAY = [
  "LICENSE",
  "README.md",
  "config.schema.json",
  "dist/command.js",
  "dist/index.d.ts",
  "dist/index.js",
  "examples/gateway.json",
  "examples/ringlet-gateway.service",
  "package.json",
];

/** The gateway's package; its dependencies are its own, those of users of the client are none. */
async function checkGateway(folder) {
  const { dependencies } = JSON.parse(await readFile(join(root, "package.json"), "utf8"));
  if (dependencies) problems.push("The client's package depends on others.");
  const pkgDir = join(root, "gateway");
  const packed = run(
    "npm",
    ["pack", "--ignore-scripts", "--json", "--pack-destination", folder],
    pkgDir,
  );
  if (!packed.ok) {
    problems.push(`npm pack of the gateway failed: ${packed.all}`);
    return;
  }
  const held = JSON.parse(packed.stdout)[0].files.map(({ path }) => path);
  if (held.sort().join() !== GATEWAY.join())
    problems.push(
      `The gateway's package holds ${held.join(", ")}; it should be ${GATEWAY.join(", ")}.`,
    );
  const pkg = JSON.parse(await readFile(join(pkgDir, "package.json"), "utf8"));
  const { messages } = await publint({ pkgDir, pack: false, strict: true });
  for (const message of messages) problems.push(`publint, gateway: ${formatMessage(message, pkg)}`);
  const checked = run(process.execPath, ["dist/command.js", "--check"], pkgDir);
  if (!checked.ok) problems.push(`The gateway's command does not run: ${checked.all}`);
}

const folder = await mkdtemp(join(tmpdir(), "ringlet-package-"));
try {
  await check(folder);
  await checkGateway(folder);
} finally {
  await rm(folder, { recursive: true, force: true });
}
for (const problem of problems) console.error(problem);
if (problems.length > 0) process.exit(1);
console.log("The package is complete: files, publint, types, and a program that uses it.");
