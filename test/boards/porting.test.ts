// SPDX-License-Identifier: MIT
// A board is added by its folder alone, as docs/porting.md says: the two files are taken from that page, put
// beside the others in a copy of what the build reads, built, and run against a server.

import { spawnSync } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { board } from "../tools/board.js";
import { brokerOpen, until } from "./broker.js";

const NAME = "espruino-esp32s3";
const root = fileURLToPath(new URL("../../", import.meta.url));
const page = readFileSync(join(root, "docs/porting.md"), "utf8");
const block = (language: string) => new RegExp(`\`\`\`${language}\n([^]*?)\`\`\``).exec(page)![1]!;

/** The copy. */
let folder = "";
const run = (...args: string[]) =>
  spawnSync(process.execPath, args, { cwd: folder, encoding: "utf8" });
const put = (file: string, text: string) => writeFileSync(join(folder, "boards", NAME, file), text);

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "ringlet-"));
  for (const name of ["boards", "src", "tools", "examples", "build.mjs", "tsconfig.json"]) {
    if (existsSync(join(root, name))) {
      cpSync(join(root, name), join(folder, name), { recursive: true });
    }
  }
  cpSync(join(root, "package.json"), join(folder, "package.json"));
  symlinkSync(join(root, "node_modules"), join(folder, "node_modules"));
  mkdirSync(join(folder, "boards", NAME));
  put("board.json", block("json"));
  put("main.ts", block("ts"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test("a folder is a board: it is valid, is built, and talks to a server", async () => {
  const checked = run("tools/check/boards.mjs");
  expect(checked.stderr).toBe("");
  expect(checked.status).toBe(0);
  const built = run("build.mjs", NAME);
  expect(built.stderr).toBe("");
  expect(built.stdout).toMatch(new RegExp(`^${NAME}/firmware.min.js +\\d+ bytes`));

  const broker = await brokerOpen();
  onTestFinished(broker.close);
  const heard: string[] = [];
  broker.aedes.on("publish", ({ topic, payload }) => void heard.push(`${topic} ${payload}`));
  const config = { ssid: "net", host: "127.0.0.1", port: broker.port, clientId: "new" };
  const { host } = board({ storage: { "ringlet.json": JSON.stringify(config) } });
  host.run(readFileSync(join(folder, "dist", NAME, "firmware.min.js"), "utf8"));
  await until(() => heard.includes("ringlet/new/status online"));
  const packet = { cmd: "publish", qos: 1, retain: false, dup: false } as const;
  broker.aedes.publish({ ...packet, topic: "ringlet/new/set/led", payload: "off" }, () => {});
  await until(() => heard.includes("ringlet/new/led off"));
  expect(host.pins.D21.value).toBe(1);
}, 60000);

test("a board that names a pin it does not have is not built, and says which", () => {
  put("board.json", block("json").replace('"LED", "pin": "D21"', '"LED", "pin": "D22"'));
  const { status, stderr } = run("build.mjs", NAME);
  expect(stderr.trim()).toBe(
    `boards/${NAME}/board.json: /parts/0/pin: there is no pin "D22" in /pins`,
  );
  expect(status).toBe(1);
});

test("a board.json that is no JSON is told by its name", () => {
  put("board.json", block("json").slice(0, -5));
  const { status, stderr } = run("build.mjs", NAME);
  expect(stderr).toContain(`boards/${NAME}/board.json: is no JSON`);
  expect(status).toBe(1);
});
