// SPDX-License-Identifier: MIT
// Passwords and keys that are handed to a command, or to `connect` in the wrong place, are in nothing
// that is printed: neither where all is well nor where it is refused.

import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { WebSocket } from "ws";
import { connect as connectWeb } from "../../boards/browser/module.js";
import { connect } from "../../boards/host/module.js";
import { until } from "../boards/broker.js";
import { freePort } from "../bundle/mosquitto.js";
// @ts-ignore: the tools are JavaScript
import { passwordLine } from "../../tools/station/passwords.mjs";

const SECRET = "planted-7f3a";
const KEY = "7f3a".repeat(16);
const root = fileURLToPath(new URL("../../", import.meta.url));

describe("what `connect` says of options that make no sense", () => {
  const url = `mqtt://node1:${SECRET}@h`;
  const given: [string, () => unknown][] = [
    ["a URL for all", () => connect(url as never)],
    ["a URL as host", () => connect({ host: url })],
    ["a login as host", () => connect({ host: `node1:${SECRET}@h` })],
    ["a URL among the hosts", () => connect({ host: "a", hosts: [{ host: url }] })],
    ["a key as tls", () => connect({ host: "a", tls: `-----BEGIN ${SECRET}` as never })],
    ["a password without a name", () => connect({ host: "a", password: SECRET })],
    ["a password under another name", () => connect({ host: "a", pass: SECRET } as never)],
    ["a URL of another scheme", () => connectWeb({ url, WebSocket: WebSocket as never })],
    [
      "a URL among the urls",
      () => connectWeb({ url: "ws://a", urls: [url], WebSocket: WebSocket as never }),
    ],
    [
      "a URL that is none",
      () => connectWeb({ url: `ws:///${SECRET}@`, WebSocket: WebSocket as never }),
    ],
  ];
  test.each(given)("%s", (_title, make) => {
    let error: unknown;
    try {
      make();
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toBeInstanceOf(TypeError);
    expect(`${error} ${(error as Error).stack} ${JSON.stringify(error)}`).not.toContain(SECRET);
  });

  test("and what a WebSocket is told of a server that is not there", async () => {
    const client = connectWeb({
      url: `ws://node1:${SECRET}@127.0.0.1:${await freePort()}/mqtt`,
      WebSocket: WebSocket as never,
    });
    onTestFinished(() => client.end());
    const told: string[] = [];
    client
      .on("error", (reason) => told.push(`${reason} ${(reason as Error).stack}`))
      .on("close", (status) => told.push(`close ${status}`));
    await until(() => told.some((line) => line.startsWith("close")));
    expect(told.join()).not.toContain(SECRET);
  });
});

describe("what commands print", () => {
  let folder: string;
  let broker: { port: number; said: () => string; close: () => void };
  const file = (name: string) => join(folder, name);

  /** Runs a command to its end; all that it printed. */
  async function said(args: string[], input = ""): Promise<string> {
    const child = spawn(process.execPath, args, { cwd: root, stdio: ["pipe", "pipe", "pipe"] });
    onTestFinished(() => void child.kill("SIGKILL"));
    let all = "";
    for (const stream of [child.stdout, child.stderr]) stream.on("data", (text) => (all += text));
    child.stdin.on("error", () => {});
    child.stdin.end(input);
    await new Promise((done) => child.on("close", done));
    return all;
  }

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "ringlet-secrets-"));
    writeFileSync(file("passwords"), `${passwordLine("node1", SECRET, 101)}\n`);
    // As somebody writes it who has not read how.
    writeFileSync(file("plain"), `node1:${SECRET}\n`);
    writeFileSync(file("key"), `${KEY}\n`);
    writeFileSync(file("short"), `${SECRET}\n`);
    const child = spawn(
      process.execPath,
      ["tools/station/broker.mjs", "0", "--passwords", file("passwords")],
      { cwd: root },
    );
    let all = "";
    for (const stream of [child.stdout, child.stderr]) stream.on("data", (text) => (all += text));
    await until(() => all.includes("listening"));
    broker = {
      port: JSON.parse(all.split("\n")[0]!).port,
      said: () => all,
      close: () => child.kill("SIGKILL"),
    };
  });
  afterAll(() => {
    broker?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  // [title, command, what it prints besides, its standard input]
  const commands: [string, () => string[], RegExp, string?][] = [
    [
      "npm start, with a login",
      () => [
        ...["tools/start.mjs", "--for", "2s"],
        ...["--broker", `mqtt://node1:${SECRET}@127.0.0.1:${broker.port}`],
      ],
      /readings arrived/,
    ],
    [
      "npm start, with a wrong login",
      () => [
        ...["tools/start.mjs", "--for", "2s"],
        ...["--broker", `mqtt://other:${SECRET}@127.0.0.1:${broker.port}`],
      ],
      /-24/,
    ],
    [
      "npm start, with another scheme",
      () => ["tools/start.mjs", "--broker", `mqtts://node1:${SECRET}@h`],
      /expected mqtt:/,
    ],
    [
      "npm run soak, with a login",
      () => [
        ...["tools/soak/run.mjs", "--real", "1s"],
        ...["--broker", `mqtt://node1:${SECRET}@127.0.0.1:${broker.port}`],
      ],
      /connections/,
    ],
    [
      "npm run soak, with no URL",
      () => ["tools/soak/run.mjs", "--real", "1s", "--broker", `mqtt//node1:${SECRET}@h`],
      /expected mqtt:/,
    ],
    [
      "npm run broker, with passwords that nobody has hashed",
      () => ["tools/station/broker.mjs", "0", "--passwords", file("plain")],
      /line 1 is no/,
    ],
    ...(["sign", "verify"] as const).flatMap((command) =>
      ["key", "short"].map((key): [string, () => string[], RegExp, string] => [
        `ringlet-auth ${command}, with ${key === "key" ? "a key" : "a key that is none"}`,
        () => [
          ...["dist/node/auth-command.js", command, "--topic", "a"],
          ...["--key-file", file(key), "--counters", file(`counters-${command}`)],
        ],
        key === "key" && command === "sign" ? /payload/ : /(verify|key)/,
        "payload",
      ]),
    ),
  ];
  test.each(commands)(
    "%s",
    async (_title, args, expected, input) => {
      const all = await said(args(), input);
      expect(all).toMatch(expected);
      expect(all).not.toContain(SECRET);
      expect(all).not.toContain(KEY);
    },
    30000,
  );

  test("npm run broker, of everybody who came", () => {
    expect(broker.said()).toContain('"connected"');
    expect(broker.said()).not.toContain(SECRET);
  });
});
