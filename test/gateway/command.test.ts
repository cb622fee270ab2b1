// SPDX-License-Identifier: MIT
// The built command: what it says of a configuration, health on MQTT, logs without secrets, a stop in good order.

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createSocket } from "node:dgram";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, onTestFinished, test } from "vitest";
import { until } from "../boards/broker.js";
import { brokerStage, mqttPeer, snClient } from "./stage.js";

const COMMAND = fileURLToPath(new URL("../../gateway/dist/command.js", import.meta.url));

function start(...words: string[]) {
  const child: ChildProcess = spawn(process.execPath, [COMMAND, ...words]);
  const running = { child, out: "", err: "", ended: once(child, "close") };
  child.stdout!.on("data", (chunk) => (running.out += chunk));
  child.stderr!.on("data", (chunk) => (running.err += chunk));
  onTestFinished(() => void child.kill("SIGKILL"));
  return running;
}

async function finish(...words: string[]) {
  const running = start(...words);
  const [code] = await running.ended;
  return { code, out: running.out, err: running.err };
}

function configStage(config: object): string {
  const folder = mkdtempSync(join(tmpdir(), "ringlet-gateway-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const path = join(folder, "gateway.json");
  writeFileSync(path, JSON.stringify(config));
  return path;
}

test("it says whether a configuration can be used, and where not", async () => {
  const good = configStage({});
  const bad = configStage({ mode: "both", limits: { client: 1 } });
  expect(await finish("--config", good, "--check")).toMatchObject({ code: 0, err: "" });
  const { code, err } = await finish("--config", bad, "--check");
  expect(code).toBe(2);
  expect(err.trim().split("\n")).toEqual([
    expect.stringContaining("gateway.json: mode: has to be one of transparent, aggregating"),
    expect.stringContaining('gateway.json: limits: there is no setting "client"'),
  ]);
  expect(await finish("--port", "70000")).toMatchObject({
    code: 2,
    err: "the command line: links[0].port: has to be from 0 to 65535, and is 70000: change it.\n",
  });
  expect((await finish("--confg", good)).code).toBe(2);
  expect((await finish("--config", good, "--port", "1")).code).toBe(2);
});

test("it prints the schema that its package holds", async () => {
  const { out } = await finish("--schema");
  const file = new URL("../../gateway/config.schema.json", import.meta.url);
  expect(JSON.parse(out)).toEqual(JSON.parse(readFileSync(file, "utf8")));
});

test("a port that is taken is told in a sentence", async () => {
  const socket = createSocket("udp4");
  socket.bind(0, "127.0.0.1");
  await once(socket, "listening");
  onTestFinished(() => void socket.close());
  const { port } = socket.address();
  const path = configStage({ links: [{ type: "udp", host: "127.0.0.1", port }], log: "silent" });
  expect(await finish("--config", path)).toEqual({
    code: 2,
    out: "",
    err: `Somebody listens at 127.0.0.1:${port} already: stop it, or choose another port.\n`,
  });
});

test("it runs, publishes how it is, logs no secret, and stops when it is told to", async () => {
  const broker = await brokerStage();
  const peer = await mqttPeer(broker.port, "gw/#");
  const path = configStage({
    broker: { url: `mqtt://127.0.0.1:${broker.port}`, username: "u", password: "hush-hush" },
    links: [{ type: "udp", host: "127.0.0.1", port: 0 }],
    clients: [{ id: "c*", username: "x", password: "psst-psst" }],
    health: { topic: "gw", everySeconds: 1 },
    log: "debug",
  });
  const running = start("--config", path);
  await until(() => /"port":(\d+)/.test(running.out));
  const { client, ends } = snClient({
    clientId: "c1",
    port: Number(/"port":(\d+)/.exec(running.out)![1]),
    will: { topic: "w", payload: "will-payload" },
  });
  client.publish("ab", "some-payload", 1);
  const healthy = () => peer.heard.filter((one) => one.startsWith("gw/health"));
  await until(() => healthy().some((one) => one.includes('"published":1')));
  const health = JSON.parse(healthy().at(-1)!.slice("gw/health ".length));
  expect(health).toMatchObject({
    isServerUp: true,
    clients: { active: 1, asleep: 0 },
    counters: { connected: 1, published: 1, malformed: 0 },
  });
  expect(peer.heard.find((one) => one.startsWith("gw/status"))).toBe("gw/status online");
  await ends();
  running.child.kill("SIGTERM");
  const [code] = await running.ended;
  await until(() => peer.heard.includes("gw/status offline"));
  expect(code).toBe(0);
  expect(running.out).not.toMatch(/hush|psst|payload/);
  for (const line of running.out.trim().split("\n")) {
    expect(JSON.parse(line)).toMatchObject({ name: "ringlet-gateway", msg: expect.any(String) });
  }
});
