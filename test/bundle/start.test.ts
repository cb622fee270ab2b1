// SPDX-License-Identifier: MIT
// The main job from end to end, as a user runs it: the built ESP32 bundle, its broker, the summary,
// and what is said when something is wrong.

import { spawn } from "node:child_process";
import { createServer, type AddressInfo } from "node:net";
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

async function ended(running: ReturnType<typeof run>) {
  await until(() => running.code !== undefined);
  return running;
}

test("runs for a time, shows readings and ends with a summary", async () => {
  const { code, output, errors } = await ended(run("--for", "3s", "--port", "0"));
  expect(errors).toBe("");
  expect(code).toBe(0);
  expect(output).toContain("node1 is connected");
  expect(output).toMatch(/ringlet\/node1\/load {2}[01]\.\d{3}/);
  expect(output).toMatch(/ringlet\/node1\/set\/led {2}on[^]*ringlet\/node1\/led {2}on/);
  expect(output).toMatch(/[1-9]\d* readings arrived, \d+ messages in all\./);
  expect(output).toMatch(/took its readings [1-9]\d* times; 0 of them did not arrive\./);
});

test("runs the NodeMCU bundle too", async () => {
  const { code, output, errors } = await ended(
    run("--engine", "lua", "--for", "3s", "--port", "0"),
  );
  expect(errors).toBe("");
  expect(code).toBe(0);
  expect(output).toMatch(/ringlet\/node1\/adc {2}\d+ of 1023/);
  expect(output).toMatch(/ringlet\/node1\/set\/led {2}on[^]*ringlet\/node1\/led {2}on/);
  expect(output).toMatch(/took its readings [1-9]\d* times; 0 of them did not arrive\./);
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
  await until(() => (running.output.match(/node1\/load/g) ?? []).length >= 2);
  process.kill(Number(/embedded, process (\d+)/.exec(running.output)![1]), "SIGKILL");
  const { code, output } = await ended(running);
  expect(code).toBe(0);
  expect(output).toContain("The broker is gone.");
  expect(output).toContain("The broker is back");
  expect(output.match(/node1 is connected/g)?.length).toBeGreaterThanOrEqual(2);
  expect(output).toMatch(/took its readings [1-9]\d* times; 0 of them did not arrive\./);
}, 30000);
