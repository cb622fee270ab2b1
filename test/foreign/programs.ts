// SPDX-License-Identifier: MIT
// Other people's MQTT-SN programs, where variables of the environment name them. Each is started with files in a
// folder of its own, and ends with the test.

import { spawn } from "node:child_process";
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";

/** A program by its variable: its path, and a remark for titles where there is none. */
export function program(variable: string) {
  const path = process.env[variable] ?? "";
  return {
    path,
    skip: path === "",
    remark: path === "" ? ` (skipped: ${variable} names none)` : "",
  };
}

/** A program that runs. */
export interface Running {
  /** What it said, lines as they came. */
  lines: string[];
  exited: Promise<number | null>;
  stop: (signal?: NodeJS.Signals) => void;
}

export function start(path: string, args: string[], cwd = tmpdir()): Running {
  // What reads its standard input must not find its end.
  const child = spawn(path, args, { cwd, stdio: ["pipe", "pipe", "pipe"] });
  const lines: string[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    let part = "";
    stream.setEncoding("latin1").on("data", (chunk: string) => {
      const all = (part + chunk).split("\n");
      part = all.pop()!;
      lines.push(...all);
    });
  }
  const exited = new Promise<number | null>((done) => child.on("close", done));
  const stop = (signal: NodeJS.Signals = "SIGKILL") => void child.kill(signal);
  onTestFinished(async () => {
    stop();
    await exited;
  });
  return { lines, exited, stop };
}

/** Files in a folder that is deleted with the test. */
export function folderOf(files: Record<string, string>): string {
  const folder = mkdtempSync(join(tmpdir(), "ringlet-foreign-"));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** A port of UDP that nobody has. */
export async function udpPort(): Promise<number> {
  const socket = createSocket("udp4");
  socket.bind(0, "127.0.0.1");
  await once(socket, "listening");
  const { port } = socket.address();
  await new Promise<void>((done) => socket.close(done));
  return port;
}
