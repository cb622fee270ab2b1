// SPDX-License-Identifier: MIT
// Three NATS servers with JetStream on free ports of loopback, which can be killed and started again,
// each with its own folder. Everything ends with this process.

import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePorts, isListening } from "../ports.mjs";

const COUNT = 3;

const pause = (ms) => new Promise((done) => setTimeout(done, ms));

/**
 * Starts the servers.
 * @param {string} program nats-server
 */
export async function clusterOpen(program) {
  const folder = mkdtempSync(join(tmpdir(), "ringlet-fleet-"));
  const template = readFileSync(new URL("nats.conf", import.meta.url), "utf8");
  const ports = await freePorts(3 * COUNT);
  const servers = Array.from({ length: COUNT }, (_, at) => ({
    name: `server-${at + 1}`,
    port: ports[3 * at],
    clients: ports[3 * at + 1],
    routes: ports[3 * at + 2],
    child: undefined,
    said: "",
  }));

  const lastWords = ({ name, said }) => `${name} ended: ${said.trim().split("\n").at(-1)}`;

  function start(server) {
    const values = {
      NAME: server.name,
      PORT: server.port,
      CLIENTS: server.clients,
      ROUTES: server.routes,
      FOLDER: join(folder, server.name),
      OTHERS: servers
        .filter((other) => other !== server)
        .map(({ routes }) => `"nats://127.0.0.1:${routes}"`)
        .join(", "),
    };
    const file = join(folder, `${server.name}.conf`);
    writeFileSync(
      file,
      template.replace(/@([A-Z]+)@/g, (_all, name) => values[name]),
    );
    server.child = spawn(program, ["-c", file], { stdio: ["ignore", "ignore", "pipe"] });
    server.child.stderr.setEncoding("utf8").on("data", (text) => {
      server.said = (server.said + text).slice(-4000);
    });
  }

  const close = () => {
    servers.forEach(({ child }) => child?.kill("SIGKILL"));
    rmSync(folder, { recursive: true, force: true, maxRetries: 9 });
  };
  process.once("exit", close);
  servers.forEach(start);

  return {
    servers,
    close,
    /** The server dies at once, as when its machine loses power. */
    kill(at) {
      servers[at].child.kill("SIGKILL");
    },
    /** It starts on what is in its folder; returns when it listens. */
    async restart(at) {
      start(servers[at]);
      while (!(await isListening(servers[at].port))) {
        if (servers[at].child.exitCode !== null) throw new Error(lastWords(servers[at]));
        await pause(50);
      }
    },
    /** Waits for all to listen. */
    async listening() {
      for (const server of servers) {
        while (!(await isListening(server.port))) {
          if (server.child.exitCode !== null) throw new Error(lastWords(server));
          await pause(50);
        }
      }
    },
  };
}
