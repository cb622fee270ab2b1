// SPDX-License-Identifier: MIT
// Streams of octets to a board's console: a serial port, TCP, an interpreter of this machine, Bluetooth. Packages
// that few need are not installed with everybody: they are asked for by name.

import { spawn } from "node:child_process";
import { createRequire } from "node:module";
import { connect } from "node:net";
import { Problem } from "./problem.mjs";

/** @typedef {import("./talk.mjs").Link} Link */

/** A link's two handlers, and what came before there was one. */
function handlers() {
  let early = [];
  /** @type {string | undefined} */
  let reason;
  let onData = (octets) => void early.push(octets);
  let onClose = (why) => void (reason ??= why);
  return {
    data: (octets) => onData(octets),
    closed: (why) => onClose(why),
    onData(handler) {
      onData = handler;
      for (const octets of early.splice(0)) handler(octets);
    },
    onClose(handler) {
      let isTold = false;
      onClose = (why) => {
        if (!isTold) handler(why);
        isTold = true;
      };
      if (reason !== undefined) onClose(reason);
    },
  };
}

/** Loads a package that the user installs. @param {string} name @param {(name: string) => Promise<any>} load */
async function loadPackage(name, purpose, load) {
  try {
    return await load(name);
  } catch (error) {
    if (!/^(ERR_MODULE_NOT_FOUND|MODULE_NOT_FOUND)$/.test(error.code)) {
      throw new Problem(`The package ${name} does not load here: ${error.message}`);
    }
    throw new Problem(`${purpose} needs the package ${name}: npm install --no-save ${name}`);
  }
}

const anywhere = (name) => import(name);
const required = async (name) => createRequire(import.meta.url)(name);

/** What a port's error means, and what to do. */
function portProblem(path, message) {
  if (/permission denied|access denied/i.test(message)) {
    return (
      `${path} may not be opened by this user: expected is read and write permission. On Linux: ` +
      `sudo usermod -aG dialout $USER (the group that ls -l ${path} shows), then log in again.`
    );
  }
  if (/cannot lock|busy|temporarily unavailable/i.test(message)) {
    return `${path} is in use by another program, expected is a free port: close its terminal or IDE.`;
  }
  if (/no such file|file not found|cannot find/i.test(message)) {
    return `There is no port ${path}. Is the board plugged in? Without --port the ports that exist are listed.`;
  }
  return `${path} cannot be opened: ${message}`;
}

/** The serial ports that something is plugged into. */
export async function serialPorts(load = anywhere) {
  const { SerialPort } = await loadPackage("serialport", "A serial port", load);
  const ports = await SerialPort.list();
  // Linux lists every port a PC could have; those without a maker have nothing plugged in.
  return ports.filter(({ path, pnpId, manufacturer, vendorId }) =>
    path.startsWith("/dev/ttyS") ? pnpId || manufacturer || vendorId : true,
  );
}

/** @returns {Promise<Link>} */
export async function openSerial(path, baud, load = anywhere) {
  const { SerialPort } = await loadPackage("serialport", "A serial port", load);
  const events = handlers();
  const port = new SerialPort({ path, baudRate: baud, autoOpen: false });
  await new Promise((resolve, reject) =>
    port.open((error) =>
      error ? reject(new Problem(portProblem(path, error.message))) : resolve(undefined),
    ),
  );
  port.on("data", (octets) => events.data(octets));
  port.on("error", (error) => events.closed(error.message));
  port.on("close", (error) => events.closed(error?.message ?? "it was closed"));
  return {
    name: path,
    ...events,
    write: (octets) =>
      new Promise((resolve) => {
        // An error is told by "error" or "close".
        port.write(octets);
        port.drain(() => resolve());
      }),
    close: () => new Promise((resolve) => (port.isOpen ? port.close(() => resolve()) : resolve())),
  };
}

/** @param {string} address host[:port]; 23 is telnet's @returns {Promise<Link>} */
export async function openTcp(address) {
  const [, host = "", port = "23"] = /^([^:]+|\[[^\]]+\])(?::(\d+))?$/.exec(address) ?? [];
  if (host === "" || Number(port) > 65535) {
    throw new Problem(`--host ${address}: expected is a name or an address, and perhaps :port.`);
  }
  const name = `${host}:${port}`;
  const events = handlers();
  const socket = connect(Number(port), host.replace(/^\[|\]$/g, ""));
  await new Promise((resolve, reject) => {
    socket.once("connect", resolve);
    socket.once("error", (error) =>
      reject(
        new Problem(
          `No connection to ${name} (${error["code"]}). Expected is a board whose console listens there: on ` +
            `Espruino require("TelnetServer").setOptions({mode:"on"}) opens port 23.`,
        ),
      ),
    );
  });
  socket.setNoDelay(true);
  socket.on("data", events.data);
  socket.on("error", (error) => events.closed(error.message));
  socket.on("close", () => events.closed("the connection was closed"));
  return {
    name,
    ...events,
    write: (octets) =>
      new Promise((resolve) =>
        socket.destroyed ? resolve() : socket.write(octets, () => resolve()),
      ),
    close: () => void socket.destroy(),
  };
}

/** An interpreter of this machine, whose files are in a folder. @returns {Promise<Link>} */
export async function openProcess(program, folder) {
  const events = handlers();
  const child = spawn(program, [], { cwd: folder, stdio: ["pipe", "pipe", "ignore"] });
  await new Promise((resolve, reject) => {
    child.once("spawn", resolve);
    child.once("error", (error) =>
      reject(new Problem(`${program} cannot be started: ${error.message}`)),
    );
  });
  const exited = new Promise((resolve) => child.once("exit", resolve));
  child.stdout.on("data", events.data);
  child.stdin.on("error", () => {});
  child.once("exit", (code, signal) => events.closed(`it ended with ${signal ?? code}`));
  return {
    name: program,
    ...events,
    write: (octets) =>
      new Promise((resolve) =>
        child.stdin.destroyed ? resolve() : child.stdin.write(octets, () => resolve()),
      ),
    async close() {
      // At the end of its input it would run on.
      child.kill("SIGKILL");
      await exited;
    },
  };
}

/** A scan for boards in reach, so many times, so long apart. */
const [SCANS, SCAN_MS] = [20, 500];

/** The path of the port that has the name or the address that is wanted. */
async function findPort(Serial, wanted) {
  const seen = new Map();
  for (let scan = 0; scan < SCANS; scan++) {
    const ports = await new Promise((resolve) => Serial.getPorts(resolve));
    for (const { path, description = "" } of ports) {
      const names = [path, description].map((name) => name.toLowerCase());
      if (names.includes(wanted.toLowerCase())) return path;
      seen.set(path, description);
    }
    await new Promise((resolve) => setTimeout(resolve, SCAN_MS));
  }
  const list = [...seen].map(([path, description]) => `\n  ${path}  ${description}`).join("");
  throw new Problem(
    `${wanted} was not found by the package espruino: expected is a board in reach that nothing else is ` +
      `connected to. ${list === "" ? "It found none." : `It found:${list}`}`,
  );
}

/**
 * Through the connections of the package `espruino`, which has Bluetooth among them.
 * @param {string} wanted a name or an address
 * @returns {Promise<Link>}
 */
export async function openEspruinoPackage(wanted, baud, load = required) {
  const tools = await loadPackage("espruino", "Bluetooth", load);
  const quiet = muted();
  try {
    await new Promise((resolve) => tools.init(resolve));
    const { Config, Core } = globalThis["Espruino"];
    const { Serial } = Core;
    Config.BAUD_RATE = String(baud);
    const events = handlers();
    Serial.startListening((data) => events.data(Buffer.from(data)));
    const path = await findPort(Serial, wanted);
    await new Promise((resolve, reject) =>
      Serial.open(
        path,
        (info) =>
          info === undefined
            ? reject(new Problem(`${wanted} cannot be opened: is another program connected to it?`))
            : resolve(undefined),
        () => events.closed("it was disconnected"),
      ),
    );
    return {
      name: wanted,
      ...events,
      // Below its own `write`, whose pauses are for consoles that are not asked for answers.
      write: (octets) => Serial.connection.write(octets.toString("latin1")),
      close() {
        Serial.close();
        quiet.end();
      },
    };
  } catch (error) {
    quiet.end();
    throw error;
  }
}

/** The package tells each of its steps on the console: while it is in use nothing is told there. */
function muted() {
  const { log, warn, error } = console;
  console.log = console.warn = console.error = () => {};
  return { end: () => void Object.assign(console, { log, warn, error }) };
}
