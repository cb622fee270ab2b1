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

/**
 * Through the connections of the package `espruino`, which has Bluetooth among them.
 * @param {string} path a name or an address, as `espruino --list` shows them
 * @returns {Promise<Link>}
 */
export async function openEspruinoPackage(
  path,
  baud,
  load = async (name) => createRequire(import.meta.url)(name),
) {
  const tools = await loadPackage("espruino", "Bluetooth", load);
  const quiet = muted();
  try {
    await new Promise((resolve) => tools.init(resolve));
    const { Espruino } = globalThis;
    Espruino.Config.BAUD_RATE = String(baud);
    const { Serial } = Espruino.Core;
    const events = handlers();
    Serial.startListening((data) => events.data(Buffer.from(data)));
    await new Promise((resolve, reject) =>
      Serial.open(
        path,
        (info) =>
          info === undefined
            ? reject(new Problem(`${path} cannot be opened: is the board in reach, and free?`))
            : resolve(undefined),
        () => events.closed("it was disconnected"),
      ),
    );
    Serial.setSlowWrite(false, true);
    Serial.setBinary(true);
    return {
      name: path,
      ...events,
      write: (octets) =>
        new Promise((resolve) => Serial.write(octets.toString("latin1"), false, resolve)),
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

/** The package tells each of its steps on the console: while it is in use it does not. */
function muted() {
  const { log, warn } = console;
  console.log = console.warn = () => {};
  return { end: () => void Object.assign(console, { log, warn }) };
}
