// SPDX-License-Identifier: MIT
// A node may use its own topics and nothing else: one that tries to break out, of the embedded broker
// and of a mosquitto with the configuration that is shipped.

import { type ChildProcess, fork, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Status, text } from "../../boards/host/module.js";
import { until } from "../boards/broker.js";
import { watched } from "../boards/watched.js";
import { proxyOpen } from "../bundle/proxy.js";
// @ts-ignore: the tools are JavaScript
import { missing, serverOpen } from "../brokers/servers.mjs";
// @ts-ignore
import { passwordLine, readPasswords } from "../../tools/station/passwords.mjs";

const station = (name: string) =>
  fileURLToPath(new URL(`../../tools/station/${name}`, import.meta.url));
const USERS = ["kitchen", "garden", "home"];

async function embeddedOpen(folder: string) {
  const options = ["--passwords", join(folder, "passwords"), "--access", station("access")];
  const child: ChildProcess = fork(station("broker.mjs"), ["0", ...options], { silent: true });
  const port = await new Promise<number>((done) =>
    child.on("message", (event: any) => event.kind === "listening" && done(event.port)),
  );
  return { port, close: async () => void child.kill("SIGKILL") };
}

const mosquittoOpen = (folder: string) =>
  serverOpen(
    "mosquitto",
    `user @OWNER@\n${readFileSync(station("mosquitto.conf"), "utf8")}`
      .replace("listener 1883", "listener @PORT@")
      .replace("/etc/mosquitto/passwords", join(folder, "passwords"))
      .replace("/etc/mosquitto/access", station("access")),
  );

describe.each([
  ["the embedded broker", "", embeddedOpen],
  ["mosquitto", missing("mosquitto"), mosquittoOpen],
] as const)("%s", (_title, why, open) => {
  describe.skipIf(why !== "")(why === "" ? "with its access list" : `(skipped: ${why})`, () => {
    let folder: string;
    let server: { port: number; close: () => Promise<void> };
    beforeAll(async () => {
      folder = mkdtempSync(join(tmpdir(), "ringlet-access-"));
      const lines = USERS.map((name) => passwordLine(name, `${name}'s own`, 101));
      writeFileSync(join(folder, "passwords"), `${lines.join("\n")}\n`, { mode: 0o600 });
      server = await open(folder);
    }, 30000);
    afterAll(async () => {
      await server?.close();
      rmSync(folder, { recursive: true, force: true });
    });

    const as = (name: string, more = {}) =>
      watched({
        port: server.port,
        clientId: name,
        username: name,
        password: `${name}'s own`,
        ...more,
      });

    test("a node has its own topics, and the house sees them", async () => {
      const home = as("home");
      home.client.subscribe("ringlet/#", 1);
      await until(() => home.told.subscribed.length);
      const node = as("kitchen");
      node.client.subscribe("ringlet/kitchen/set/#", 1);
      await until(() => node.told.subscribed.length);
      node.client.publish("ringlet/kitchen/load", "1", 1);
      home.client.publish("ringlet/kitchen/set/led", "on", 1);
      await until(() => node.told.messages.length && home.told.messages.length >= 2);
      expect(node.told.messages[0]!.topic).toBe("ringlet/kitchen/set/led");
      [home, node].forEach(({ client }) => client.end());
    });

    test("a node hears nothing of others, whatever it subscribes to", async () => {
      const node = as("kitchen");
      for (const filter of ["#", "+/+/+", "ringlet/garden/#", "$SYS/#"])
        node.client.subscribe(filter, 1);
      await until(() => node.told.subscribed.length === 4);
      const garden = as("garden");
      garden.client.publish("ringlet/garden/load", "1", 1, true);
      await until(() => garden.told.delivered.length);
      node.client.publish("ringlet/kitchen/own", "1", 1);
      await until(() => node.told.messages.some(({ topic }) => topic === "ringlet/kitchen/own"));
      const foreign = node.told.messages.filter(
        ({ topic }) => !topic.startsWith("ringlet/kitchen/"),
      );
      expect(foreign).toEqual([]);
      [garden, node].forEach(({ client }) => client.end());
    });

    test("a node says nothing in another's name, not by its will either", async () => {
      const home = as("home");
      home.client.subscribe("ringlet/#", 1);
      await until(() => home.told.subscribed.length);
      const proxy = await proxyOpen(server.port);
      const will = { topic: "ringlet/garden/will", payload: "x", qos: 1 };
      const node = as("kitchen", { port: proxy.port, will });
      await until(() => node.told.connects.length || node.told.closes.length);
      node.client.publish("ringlet/garden/load", "forged", 0);
      node.client.publish("$SYS/broker/x", "forged", 0);
      proxy.cut();
      node.client.end();
      const garden = as("garden");
      garden.client.publish("ringlet/garden/load", "true", 1);
      await until(() => home.told.messages.some(({ payload }) => text(payload) === "true"));
      const heard = home.told.messages.filter(({ retain }) => !retain);
      expect(heard.map(({ payload }) => text(payload))).toEqual(["true"]);
      [home, garden].forEach(({ client }) => client.end());
      await proxy.close();
    });

    test("a node cannot throw out another by its identifier, nor come in with a wrong password", async () => {
      const garden = as("garden");
      await until(() => garden.told.connects.length);
      const thief = as("kitchen", { clientId: "garden" });
      await until(() => thief.told.connects.length || thief.told.closes.length);
      const liar = as("garden", { password: "kitchen's own" });
      const nobody = watched({ port: server.port });
      await until(() => liar.told.closes.length && nobody.told.closes.length);
      const allowed = [Status.REFUSED_LOGIN, Status.REFUSED_AUTHORIZATION];
      expect(allowed).toContain(liar.told.closes[0]);
      expect(allowed).toContain(nobody.told.closes[0]);
      expect(garden.told.closes).toEqual([]);
      [garden, thief, liar, nobody].forEach(({ client }) => client.end());
    });
  });
});

test("the embedded broker listens beyond this machine with passwords only", () => {
  const { status, stderr } = spawnSync(
    process.execPath,
    [station("broker.mjs"), "0", "--listen", "0.0.0.0"],
    { encoding: "utf8" },
  );
  expect([status, stderr]).toEqual([
    2,
    "--listen 0.0.0.0 is open to others: give it --passwords FILE as well.\n",
  ]);
});

test("a password file shows no password when a line is wrong", () => {
  expect(() => readPasswords("kitchen:plain secret")).toThrow(/^line 1 is no name:\$7\$/);
  expect(() => readPasswords("kitchen:plain secret")).not.toThrow(/secret/);
});
