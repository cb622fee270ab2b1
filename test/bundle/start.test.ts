// SPDX-License-Identifier: MIT
// The main job from end to end, as a user runs it: the built greenhouse, its broker, the summary,
// and what is said when something is wrong.

import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, onTestFinished, test } from "vitest";
import { until } from "../boards/broker.js";
import { freePort } from "./mosquitto.js";

const root = fileURLToPath(new URL("../../", import.meta.url));

/** Runs it; `seen` grows as it prints. */
function run(...options: string[]) {
  const child = spawn(process.execPath, ["tools/start.mjs", ...options], {
    cwd: root,
    stdio: ["ignore", "pipe", "pipe"],
  });
  const running = { output: "", errors: "", code: undefined as number | null | undefined };
  child.stdout.on("data", (text) => (running.output += text));
  child.stderr.on("data", (text) => (running.errors += text));
  child.on("close", (code) => (running.code = code));
  onTestFinished(() => void child.kill("SIGKILL"));
  return running;
}

const REPORT =
  /node1\/report {2}-?\d+\.\d\d °C, \d+\.\d\d % humidity, \d+ Pa, \d+\.\d lx, \d+ % soil moisture/;
/** By a command it goes on, and by itself off; the command may be shown behind what it did. */
const WATERED =
  /^(?=[^]*set\/pump {2}on)[^]*pump is switched on[^]*node1\/pump {2}on[^]*pump is switched off[^]*node1\/pump {2}off/;

async function ended(running: ReturnType<typeof run>) {
  await until(() => running.code !== undefined);
  return running;
}

test("runs for a time, shows readings and ends with a summary", async () => {
  const { code, output, errors } = await ended(run("--for", "5s", "--port", "0"));
  expect(errors).toBe("");
  expect(code).toBe(0);
  expect(output).toContain("node1 is connected");
  expect(output).toMatch(REPORT);
  expect(output).toMatch(WATERED);
  expect(output).toMatch(/[1-9]\d* readings arrived, \d+ messages in all\./);
  expect(output).toMatch(/took its readings [1-9]\d* times; 0 of them did not arrive\./);
});

test("runs the NodeMCU bundle too", async () => {
  const { code, output, errors } = await ended(
    run("--engine", "lua", "--for", "5s", "--port", "0"),
  );
  expect(errors).toBe("");
  expect(code).toBe(0);
  expect(output).toMatch(REPORT);
  expect(output).toMatch(WATERED);
  expect(output).toMatch(/took its readings [1-9]\d* times; 0 of them did not arrive\./);
});

const isThere = process.env["ESPRUINO_BIN"] !== undefined;
const why = isThere ? "" : " (skipped: ESPRUINO_BIN names no interpreter)";
test.skipIf(!isThere)(`runs on a real Espruino interpreter${why}`, async () => {
  const { code, output, errors } = await ended(
    run("--engine", "espruino", "--for", "5s", "--port", "0"),
  );
  expect(errors).toBe("");
  expect(code).toBe(0);
  expect(output).toMatch(REPORT);
  expect(output).toMatch(/^(?=[^]*set\/pump {2}on)[^]*node1\/pump {2}on[^]*node1\/pump {2}off/);
});

test("plays a script on a recording: sensors come and go, and so does the Wi-Fi", async () => {
  const folder = mkdtempSync(join(tmpdir(), "ringlet-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const [recording, script] = [join(folder, "recording.csv"), join(folder, "script.txt")];
  writeFileSync(recording, "seconds,temperature,soil\n0,4.25,60\n1000,4.25,60\n");
  writeFileSync(script, "0.5 unplug bme280 # and\n2 plug bme280\n4 wifi off\n5 wifi on\n");
  const files = ["--recording", recording, "--script", script];
  const running = run(...files, "--interval", "500ms", "--port", "0", "--for", "9s");
  const { code, output } = await ended(running);
  expect(code).toBe(0);
  const back = /climate fails: Status -40[^]*plug bme280[^]*report {2}4\.2\d °C/;
  expect(output).toMatch(back);
  expect(output).toMatch(/60 % soil moisture/);
  expect(output.match(/node1 is connected/g)).toHaveLength(2);
  expect(output).toMatch(/took its readings [1-9]\d* times; 0 of them did not arrive\./);
}, 30000);

test("refuses a script and a recording that make no sense, with a sentence", async () => {
  const folder = mkdtempSync(join(tmpdir(), "ringlet-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const file = join(folder, "file.txt");
  writeFileSync(file, "5 explode bme280\n");
  for (const [option, sentence] of [
    ["--script", /line 1, "5 explode bme280": expected seconds, then set, unplug/],
    ["--recording", /a recording begins with a line of names/],
  ] as const) {
    const { code, errors, output } = await ended(run(option, file));
    expect([code, output]).toEqual([2, ""]);
    expect(errors).toMatch(sentence);
  }
});

test("says that nothing arrived where there is no broker, and fails", async () => {
  const broker = `mqtt://127.0.0.1:${await freePort()}`;
  const { code, output, errors } = await ended(run("--broker", broker, "--for", "2s"));
  expect(code).toBe(1);
  expect(errors).toBe("");
  expect(output).toContain("Connection closed: Status -32");
  expect(output).toContain("Nothing arrived");
});

test.each([
  [["--speed", "9"], /Unknown option '--speed'/],
  [["--for", "soon"], /--for soon: expected a time such as 500ms, 10s or 2m\./],
  [["--port", "70000"], /--port 70000: expected a whole number from 0 to 65535\./],
  [["--engine", "quick"], /--engine quick: expected host, espruino or lua\./],
  [["--broker", "here"], /--broker here: expected mqtt:/],
])("refuses %j with a sentence", async (options, sentence) => {
  const { code, output, errors } = await ended(run(...options));
  expect(code).toBe(2);
  expect(errors).toMatch(sentence);
  expect(errors).not.toContain("    at ");
  expect(output).toBe("");
});

test("says that a port is taken, and what to do", async () => {
  const server = createServer();
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  onTestFinished(() => void server.close());
  const { port } = server.address() as AddressInfo;
  const { code, errors } = await ended(run("--for", "2s", "--port", `${port}`));
  expect(code).toBe(2);
  expect(errors).toContain(`Port ${port} of 127.0.0.1 cannot be used (EADDRINUSE)`);
});

test("loses no reading when its broker is killed during the run", async () => {
  // The broker is away for 3 s, the node up to 4 s longer: a few rounds wait in the outbox.
  const running = run("--for", "13s", "--port", "0");
  await until(() => (running.output.match(/node1\/report/g) ?? []).length >= 2);
  process.kill(Number(/embedded, process (\d+)/.exec(running.output)![1]), "SIGKILL");
  const { code, output } = await ended(running);
  expect(code).toBe(0);
  expect(output).toContain("The broker is gone.");
  expect(output).toContain("The broker is back");
  expect(output.match(/node1 is connected/g)?.length).toBeGreaterThanOrEqual(2);
  expect(output).toMatch(/took its readings [1-9]\d* times; 0 of them did not arrive\./);
}, 30000);
