// SPDX-License-Identifier: MIT
// `npx ringlet-auth` as it is in the package: in a pipe, with keys in files.

import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, onTestFinished, test } from "vitest";

const program = fileURLToPath(new URL("../../dist/node/auth-command.js", import.meta.url));

function shellOpen() {
  const folder = mkdtempSync(join(tmpdir(), "ringlet-auth-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return {
    folder,
    run(args: string, input: Buffer | string = "") {
      const options = { cwd: folder, input };
      const { status, stdout, stderr } = spawnSync(
        process.execPath,
        [program, ...args.split(" ")],
        options,
      );
      return { status, stdout, stderr: stderr.toString() };
    },
  };
}

const NODE = "--key-file k --counters n --topic t --node";
const PEER = "--key-file k --counters p --topic t";

test("a key, a signed payload, and the payload again, once", () => {
  const { run, folder } = shellOpen();
  const key = run("key").stdout.toString();
  expect(key).toMatch(/^[0-9a-f]{64}\n$/);
  writeFileSync(join(folder, "k"), key);
  const octets = Buffer.from(Array.from({ length: 256 }, (_, i) => i));
  const signed = run(`sign ${NODE}`, octets);
  expect(signed.status).toBe(0);
  const verified = run(`verify ${PEER}`, signed.stdout);
  expect(verified).toMatchObject({ status: 0, stderr: "" });
  expect(verified.stdout.equals(octets)).toBe(true);
  const again = run(`verify ${PEER}`, signed.stdout);
  expect(again.status).toBe(1);
  expect(again.stderr).toMatch(/accepted before/);
  expect(again.stdout).toHaveLength(0);
  const back = run(`verify ${NODE}`, run(`sign ${PEER}`, "on").stdout);
  expect(back.stdout.toString()).toBe("on");
});

describe("what it is not given is asked for in a sentence, and the key is never told", () => {
  test.each([
    ["sign --topic t", /--key-file is missing/],
    ["verify --key-file k --counters p", /--topic is missing/],
    ["sign --key-file none --counters p --topic t", /none: the key cannot be read/],
    ["sign --key-file wrong --counters p --topic t", /64 hexadecimal digits/],
    ["sign --key-file k --topic t", /--counters is missing/],
    ["sing", /no command "sing"/],
    ["sign --tpoic t", /tpoic/],
  ])("%s", (args, sentence) => {
    const { run, folder } = shellOpen();
    writeFileSync(join(folder, "wrong"), "secret0123");
    writeFileSync(join(folder, "k"), "ab".repeat(32));
    const { status, stderr, stdout } = run(args, "x");
    expect(status).toBe(1);
    expect(stderr).toMatch(sentence);
    expect(stderr).not.toMatch(/secret0123|abab|at .*\.js/);
    expect(stdout).toHaveLength(0);
  });
});
