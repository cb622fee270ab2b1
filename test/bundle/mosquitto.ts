// SPDX-License-Identifier: MIT
// A mosquitto on loopback for tests: the binary that the environment's MOSQUITTO names, with a
// configuration of its own, on a port that was free. It forgets everything when it is stopped.

import { spawn, type ChildProcess } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { connect, createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A server that can be stopped, and started again on the same port. */
export interface TestServer {
  port: number;
  /** The Status for a CONNECT that it refuses. */
  refusal: number;
  stop: () => Promise<void>;
  start: () => Promise<void>;
  close: () => Promise<void>;
}

/** A port of loopback that nobody listens on. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const { port } = server.address() as AddressInfo;
  await new Promise((done) => server.close(done));
  return port;
}

const isListening = (port: number) =>
  new Promise<boolean>((done) => {
    const socket = connect(port, "127.0.0.1", () => {
      socket.destroy();
      done(true);
    }).on("error", () => done(false));
  });

/** Starts it. @param refusing lets nobody in: CONNACK 5 for every CONNECT. */
export async function mosquittoOpen(refusing = false): Promise<TestServer> {
  const folder = mkdtempSync(join(tmpdir(), "ringlet-mosquitto-"));
  const port = await freePort();
  const file = join(folder, "mosquitto.conf");
  writeFileSync(
    file,
    `listener ${port} 127.0.0.1\nallow_anonymous ${!refusing}\npersistence false\nmax_queued_messages 0\n`,
  );
  let child: ChildProcess | undefined;
  let exited: Promise<unknown>;
  const server: TestServer = {
    port,
    refusal: -25,
    start: async () => {
      const started = spawn(process.env["MOSQUITTO"]!, ["-c", file], { stdio: "ignore" });
      let failed: unknown;
      child = started;
      exited = new Promise((done) => started.on("exit", done));
      started.on("error", (error) => (failed = error));
      while (!(await isListening(port))) {
        if (failed || started.exitCode !== null) {
          throw new Error(`${process.env["MOSQUITTO"]} does not start: ${failed ?? "it exits"}`);
        }
        await new Promise((done) => setTimeout(done, 20));
      }
    },
    stop: async () => {
      child?.kill("SIGKILL");
      child = undefined;
      await exited;
    },
    close: async () => {
      await server.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
  await server.start();
  return server;
}
