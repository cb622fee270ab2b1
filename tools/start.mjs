// SPDX-License-Identifier: MIT
// The main job, `npm start`: the built greenhouse on a simulated board, whose virtual chips find what
// this machine measures, against a broker, and what that sees of it. `npm start -- --help` lists the options.

import { fork } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { hidden } from "./hidden.mjs";
import { parseScript, play } from "./simulated/script.mjs";
import { createWorld, machineSource, recordingSource } from "./simulated/world.mjs";
import { findEspruino, runOnBoard, runOnEspruino } from "./station/engine.mjs";
import { watch } from "./station/watch.mjs";

const HELP = `npm start -- [options]
  --for 10s              end by itself after that time (500ms, 10s, 2m) with a summary
  --engine host          an ESP32 with Espruino: its host, on V8 (the usual one)
           espruino      the same bundle on the real interpreter (ESPRUINO_BIN, or espruino on the path)
           lua           an ESP8266 with NodeMCU: its host, on a Lua machine
  --recording FILE       chips find what a recording has (seconds,temperature,…) in place of this machine
  --script FILE          what happens meanwhile: lines such as 5 unplug bme280, 9 plug bme280, 12 wifi off
  --broker mqtt://…      a broker that is there already, instead of the embedded one
  --port 1883            where the embedded broker listens, on 127.0.0.1
  --interval 2s          time between two rounds of readings
  --name NAME            the node's client identifier`;

const dist = (path) => fileURLToPath(new URL(`../dist/${path}`, import.meta.url));
const BUNDLE = dist("espruino-esp32/greenhouse.min.js");
const LUA = { "ringlet.lua": "lua/ringlet.lua", "init.lua": "nodemcu-esp8266/greenhouse.lua" };
/** The longest time that the pump is on, in seconds: short, so that it can be seen. */
const MAX_ON = 2;
const ENGINES = ["host", "espruino", "lua"];
const BROKER = fileURLToPath(new URL("./station/broker.mjs", import.meta.url));

/** Ends the process with a sentence. */
function refuse(sentence) {
  console.error(sentence);
  process.exit(2);
}

/** Milliseconds of "500ms", "10s", "2m". */
function duration(text, option) {
  const match = /^(\d+(?:\.\d+)?)(ms|s|m)$/.exec(text);
  if (!match) refuse(`--${option} ${text}: expected a time such as 500ms, 10s or 2m.`);
  return Number(match[1]) * { ms: 1, s: 1000, m: 60000 }[match[2]];
}

function options() {
  try {
    return parseArgs({
      options: {
        for: { type: "string" },
        engine: { type: "string", default: "host" },
        broker: { type: "string" },
        port: { type: "string" },
        interval: { type: "string", default: "2s" },
        name: { type: "string", default: "node1" },
        recording: { type: "string" },
        script: { type: "string" },
        help: { type: "boolean", default: false },
      },
    }).values;
  } catch (error) {
    return refuse(`${error.message}\n\n${HELP}`);
  }
}

/** What a file holds; what is wrong with it ends the process. */
function read(option, path, parse) {
  try {
    return path === undefined ? undefined : parse(readFileSync(path, "utf8"));
  } catch (error) {
    return refuse(`--${option} ${path}: ${error.message}.`);
  }
}

/** Starts the embedded broker; a taken port that nobody asked for is no obstacle. */
function startBroker(port, asked, onEvent) {
  return new Promise((resolve) => {
    // Detached, so that Ctrl-C reaches this process first and the node can say goodbye.
    const child = fork(BROKER, [String(port)], { detached: true });
    child.on("message", (event) => {
      if (event.kind === "listening") resolve({ child, port: event.port });
      else if (event.kind !== "failed") onEvent(event);
      else if (asked) {
        refuse(
          `Port ${port} of 127.0.0.1 cannot be used (${event.code}). Stop what listens there, take ` +
            `another with --port, or use the broker that is there: --broker mqtt://127.0.0.1:${port}`,
        );
      } else {
        console.log(`Port ${port} is taken (${event.code}): taking a free one.`);
        resolve(startBroker(0, true, onEvent));
      }
    });
  });
}

async function main() {
  const given = options();
  if (given.help) {
    console.log(HELP);
    return 0;
  }
  const runMs = given.for === undefined ? undefined : duration(given.for, "for");
  const seconds = duration(given.interval, "interval") / 1000;
  const port = given.port === undefined ? 1883 : Number(given.port);
  if (!(Number.isInteger(port) && port >= 0 && port < 65536)) {
    refuse(`--port ${given.port}: expected a whole number from 0 to 65535.`);
  }
  if (!ENGINES.includes(given.engine)) {
    refuse(`--engine ${given.engine}: expected host, espruino or lua.`);
  }
  const binary = given.engine === "espruino" ? findEspruino() : undefined;
  if (given.engine === "espruino" && binary === undefined) {
    refuse("No Espruino interpreter was found: name one in ESPRUINO_BIN, or put it on the path.");
  }
  const isLua = given.engine === "lua";
  const main = isLua ? dist(LUA["init.lua"]) : BUNDLE;
  if (!existsSync(main)) refuse("There is no bundle yet: npm run build makes it.");
  const code = readFileSync(main, "utf8");

  const steps = read("script", given.script, parseScript) ?? [];
  const now = () => Date.now();
  const source = read("recording", given.recording, (text) => recordingSource(text, now));
  const world = createWorld({ now, source: source ?? machineSource() });

  const show = watch(given.name);
  let address;
  let broker;
  let stopping = false;
  if (given.broker !== undefined) {
    address = URL.canParse(given.broker) ? new URL(given.broker) : undefined;
    if (address === undefined || address.protocol !== "mqtt:" || address.hostname === "") {
      refuse(`--broker ${hidden(given.broker)}: expected mqtt://[user:password@]host[:port].`);
    }
    await show.through(address);
  } else {
    broker = await startBroker(port, given.port !== undefined, show.event);
    address = new URL(`mqtt://127.0.0.1:${broker.port}`);
    const guardBroker = (running) =>
      running.child.on("exit", async () => {
        if (stopping) return;
        show.say("The broker is gone. The node keeps what it has to say; a new broker in 3 s.");
        await new Promise((resolve) => setTimeout(resolve, 3000));
        if (stopping) return;
        broker = await startBroker(broker.port, true, show.event);
        guardBroker(broker);
        show.say(`The broker is back (process ${broker.child.pid}).`);
      });
    guardBroker(broker);
  }
  const at = `${address.hostname}:${address.port || 1883}`;
  console.log(
    `Broker:  ${at}${broker ? `, embedded, process ${broker.child.pid} (kill it and see)` : ""}`,
  );
  console.log(
    `Node:    the greenhouse for ${isLua ? "NodeMCU on ESP8266" : "Espruino on ESP32"}, ${code.length} characters, on ` +
      (binary ?? `a simulated board${isLua ? " with Lua 5.1" : ""}`),
  );
  console.log(
    `Look on: mosquitto_sub -h ${address.hostname} -p ${address.port || 1883} -t 'ringlet/#' -v`,
  );
  console.log(
    `Command: mosquitto_pub -h ${address.hostname} -p ${address.port || 1883} ` +
      `-t ringlet/${given.name}/set/pump -m on\n`,
  );

  const config = {
    host: address.hostname,
    port: Number(address.port || 1883),
    clientId: given.name,
    interval: seconds,
    maxOn: MAX_ON,
    reconnect: { min: 500, max: 4000 },
    ssid: "simulated",
  };
  if (address.username) config.username = decodeURIComponent(address.username);
  if (address.password) config.password = decodeURIComponent(address.password);
  const print = (line) => show.say(`node prints: ${line}`);
  let isOn = false;
  const onOutput = (name, level) => {
    if (isOn !== level > 0) show.say(`the ${name} is switched ${isOn ? "off" : "on"}`);
    isOn = level > 0;
  };
  const files = isLua
    ? Object.fromEntries(
        Object.entries(LUA).map(([name, path]) => [name, readFileSync(dist(path), "latin1")]),
      )
    : { ".boot0": code };
  const kind = isLua ? "nodemcu-esp8266" : "espruino-esp32";
  const node = binary
    ? await runOnEspruino(binary, code, config, world, print)
    : await runOnBoard({ kind, files, config, world, print, onOutput });
  const endScript = play(steps, { world, board: node.board, say: show.say });
  // One command by itself, so that there is an answer to see.
  const command = setTimeout(
    () => show.command(broker?.child, `ringlet/${given.name}/set/pump`, "on"),
    1500,
  );

  await new Promise((resolve) => {
    process.once("SIGINT", () => {
      console.log("");
      resolve();
    });
    process.once("SIGTERM", resolve);
    node.ended?.then(() => {
      show.say("The node has ended.");
      resolve();
    });
    if (runMs !== undefined) setTimeout(resolve, runMs);
  });
  stopping = true;
  clearTimeout(command);
  endScript();
  node.stop();
  const arrived = show.summary(node.counts.rounds);
  await show.close();
  broker?.child.kill("SIGTERM");
  return arrived > 0 ? 0 : 1;
}

// Whoever reads this has closed the pipe, as `head` does.
process.stdout.on("error", () => process.exit(0));
process.exit(await main());
