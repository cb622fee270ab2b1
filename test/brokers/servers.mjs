// SPDX-License-Identifier: MIT
// Starts one of the brokers that the environment names (MOSQUITTO, RABBITMQ, NATS), with the
// configuration beside this file, on free ports of loopback, its data in a folder that is deleted.
// It ends with the process that started it. By itself: node test/brokers/servers.mjs rabbitmq

import { spawn, spawnSync } from "node:child_process";
import {
  existsSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import { freePorts, isListening } from "../../tools/ports.mjs";
import { passwordLine } from "../../tools/station/passwords.mjs";

export { freePort } from "../../tools/ports.mjs";

/** The one user; a client that gives no name may come in as well, unless it is told otherwise. */
export const USER = "ringlet";
export const PASSWORD = "it's only a test";

const said = (program, option) => spawnSync(program, [option], { encoding: "utf8" }).stdout ?? "";

/** What differs: the variable that names the program, how it starts, what helps it to start. */
const KINDS = {
  mosquitto: {
    variable: "MOSQUITTO",
    args: (file) => ["-c", file],
    version: (program) => /mosquitto version (\S+)/.exec(said(program, "-h")),
    prepare: ({ folder }) =>
      writeFileSync(join(folder, "passwords"), `${passwordLine(USER, PASSWORD, 101)}\n`, {
        mode: 0o600,
      }),
  },
  rabbitmq: {
    variable: "RABBITMQ",
    args: () => [],
    // Its own tools start a name server and leave it behind; the folder's name tells as well.
    version: (program) => /rabbitmq_server-([\d.]+)/.exec(realpathSync(program)),
    prepare: ({ folder }) => writeFileSync(join(folder, "enabled_plugins"), "[rabbitmq_mqtt].\n"),
    environment: ({ folder, file, ports }) => ({
      HOME: folder,
      RABBITMQ_NODENAME: `ringlet-${ports[1]}@localhost`,
      RABBITMQ_CONFIG_FILE: file,
      RABBITMQ_ENABLED_PLUGINS_FILE: join(folder, "enabled_plugins"),
      RABBITMQ_MNESIA_BASE: join(folder, "mnesia"),
      RABBITMQ_LOG_BASE: folder,
      RABBITMQ_DIST_PORT: String(ports[1]),
      RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS: "-kernel inet_dist_use_interface {127,0,0,1}",
      // One process that can be ended, in place of a script around it.
      RUNNING_UNDER_SYSTEMD: "true",
      ERL_EPMD_PORT: String(ports[2]),
      ERL_EPMD_ADDRESS: "127.0.0.1",
    }),
    // Erlang starts this one by itself where there is none, and leaves it behind.
    helper: { program: "epmd", args: ({ ports }) => ["-port", String(ports[2])] },
  },
  nats: {
    variable: "NATS",
    args: (file) => ["-c", file],
    version: (program) => /v(\d\S+)/.exec(said(program, "--version")),
  },
};

/** Why a broker cannot be started here, for the title of what is skipped; "" when it can. */
export function missing(kind) {
  const { variable } = KINDS[kind];
  return process.env[variable] ? "" : `${variable} names no ${kind}`;
}

/** Its version, as it tells it. */
export function versionOf(kind) {
  const { variable, version } = KINDS[kind];
  return version(process.env[variable])?.[1] ?? "?";
}

const running = new Set();
process.on("exit", () => running.forEach((child) => child.kill("SIGKILL")));

/** A child that ends with this process, whatever ends this process. */
function start(program, args, environment) {
  const guard = existsSync("/usr/bin/setpriv") ? ["/usr/bin/setpriv", "--pdeathsig", "KILL"] : [];
  const [first, ...rest] = [...guard, program, ...args];
  const child = spawn(first, rest, {
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, ...environment },
  });
  const state = { child, ended: false, said: "", exited: Promise.resolve() };
  running.add(child);
  for (const stream of [child.stdout, child.stderr]) {
    stream
      .setEncoding("utf8")
      .on("data", (text) => (state.said = (state.said + text).slice(-4000)));
  }
  state.exited = new Promise((done) => {
    const end = () => {
      running.delete(child);
      state.ended = true;
      done(undefined);
    };
    child.on("exit", end);
    child.on("error", (error) => {
      state.said += error.message;
      end();
    });
  });
  return state;
}

async function listening(state, port) {
  while (!(await isListening(port))) {
    if (state.ended) throw new Error(`it ended: ${state.said}`);
    await new Promise((done) => setTimeout(done, 20));
  }
}

/**
 * Starts a broker.
 * @param {"mosquitto" | "rabbitmq" | "nats"} kind
 * @param {string} [configuration] another one than the file of that name; ends with "@…@" filled in
 */
export async function serverOpen(kind, configuration) {
  const about = KINDS[kind];
  const folder = mkdtempSync(join(tmpdir(), `ringlet-${kind}-`));
  const ports = await freePorts(3);
  const file = join(folder, `${kind}.conf`);
  const given = configuration ?? readFileSync(new URL(`${kind}.conf`, import.meta.url), "utf8");
  const { username: OWNER } = userInfo();
  const values = { PORT: ports[0], OTHER: ports[1], FOLDER: folder, OWNER, USER, PASSWORD };
  writeFileSync(
    file,
    given.replace(/@([A-Z]+)@/g, (all, name) => String(values[name] ?? all)),
  );
  const place = { folder, file, ports };
  const environment = about.environment?.(place);
  about.prepare?.(place);
  let main;
  let helper;
  const server = {
    port: ports[0],
    folder,
    /** The Status for a CONNECT that it refuses. */
    refusal: -25,
    log: () => main?.said ?? "",
    start: async () => {
      try {
        if (about.helper) {
          helper = start(about.helper.program, about.helper.args(place), environment);
          await listening(helper, ports[2]);
        }
        main = start(process.env[about.variable], about.args(file), environment);
        await listening(main, ports[0]);
      } catch (error) {
        await server.stop();
        throw new Error(`${kind} does not start: ${error.message}`);
      }
    },
    /** @param {"SIGKILL" | "SIGTERM"} [signal] the second lets it write down what it knows */
    stop: async (signal = "SIGKILL") => {
      for (const one of [main, helper]) {
        one?.child.kill(one === main ? signal : "SIGKILL");
        await one?.exited;
      }
      main = helper = undefined;
    },
    close: async () => {
      await server.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
  await server.start();
  return server;
}

if (process.argv[1]?.endsWith("servers.mjs")) {
  const kind = process.argv[2] ?? "";
  const why = kind in KINDS ? missing(kind) : `one of ${Object.keys(KINDS).join(", ")} is expected`;
  if (why !== "") {
    console.error(`${why}.`);
    process.exit(2);
  }
  const server = await serverOpen(/** @type {"mosquitto"} */ (kind));
  console.log(`${kind} ${versionOf(kind)} listens on 127.0.0.1:${server.port}; Ctrl-C ends it.`);
  for (const signal of ["SIGINT", "SIGTERM"]) {
    process.on(signal, () => void server.close().then(() => process.exit(0)));
  }
}
