// SPDX-License-Identifier: MIT
// Links that need packages which are not installed with everybody, on stand-ins for those, and what is said when
// they, or ports, are missing. And a board whose XOFF is never followed by XON.
import { EventEmitter, once } from "node:events";
import { createServer } from "node:net";
import { describe, expect, onTestFinished, test, vi } from "vitest";
// @ts-ignore: the tools are JavaScript
import { onlyPort, openLink } from "../../tools/flash/choice.mjs";
// @ts-ignore: the tools are JavaScript
import * as links from "../../tools/flash/links.mjs";
// @ts-ignore: the tools are JavaScript
import { openTalk } from "../../tools/flash/talk.mjs";
// @ts-ignore: the tools are JavaScript
import { freePort } from "../../tools/ports.mjs";
import { linkOpen } from "./link.js";

const { openEspruinoPackage, openProcess, openSerial, openTcp, serialPorts } = links;

/** What `serialport` is to us. */
class SerialPort extends EventEmitter {
  static problem: Error | null = null;
  static ports: object[] = [];
  static last: SerialPort;
  static list = async () => SerialPort.ports;
  isOpen = false;
  written = "";
  constructor(readonly options: { path: string; baudRate: number }) {
    super();
    SerialPort.last = this;
  }
  open(done: (error: Error | null) => void) {
    this.isOpen = SerialPort.problem === null;
    setImmediate(done, SerialPort.problem);
  }
  write(octets: Buffer) {
    this.written += octets.toString("latin1");
  }
  drain(done: () => void) {
    setImmediate(done);
  }
  close(done: () => void) {
    this.isOpen = false;
    setImmediate(done);
  }
}
const load = async () => ({ SerialPort });
const missing = async () => {
  throw Object.assign(new Error("Cannot find package"), { code: "ERR_MODULE_NOT_FOUND" });
};

describe("a serial port", () => {
  test("carries octets both ways at its speed, and tells when it is unplugged", async () => {
    SerialPort.problem = null;
    const link = await openSerial("/dev/ttyUSB0", 9600, load);
    const port = SerialPort.last;
    expect(port.options).toMatchObject({ path: "/dev/ttyUSB0", baudRate: 9600 });
    const heard: string[] = [];
    port.emit("data", Buffer.from("early"));
    link.onData((octets: Buffer) => void heard.push(octets.toString("latin1")));
    link.onClose((reason: string) => void heard.push(reason));
    await link.write(Buffer.from("out"));
    port.emit("data", Buffer.from("in"));
    port.emit("close", Object.assign(new Error("bad file descriptor"), { disconnected: true }));
    port.emit("close");
    expect(heard).toEqual(["early", "in", "bad file descriptor"]);
    expect(port.written).toBe("out");
    await link.close();
    expect(port.isOpen).toBe(false);
  });

  test.each([
    [
      "Error: Permission denied, cannot open /dev/ttyUSB0",
      /^\/dev\/ttyUSB0 may not be opened by this user: .*dialout/,
    ],
    [
      "Error Resource temporarily unavailable Cannot lock port",
      /^\/dev\/ttyUSB0 is in use by another program/,
    ],
    [
      "Error: No such file or directory, cannot open /dev/ttyUSB0",
      /^There is no port \/dev\/ttyUSB0\. Is the board plugged in\?/,
    ],
    ["Error: Inappropriate ioctl", /^\/dev\/ttyUSB0 cannot be opened: Error: Inappropriate ioctl$/],
  ])("that does not open with %s says what to do", async (message, told) => {
    SerialPort.problem = new Error(message);
    await expect(openSerial("/dev/ttyUSB0", 115200, load)).rejects.toThrow(told);
  });

  test("without the package is asked for by name", async () => {
    await expect(openSerial("/dev/ttyUSB0", 115200, missing)).rejects.toThrow(
      "A serial port needs the package serialport: npm install --no-save serialport",
    );
  });

  test("is chosen where there is one with something plugged in, and else all are listed", async () => {
    SerialPort.ports = [
      { path: "/dev/ttyS0" },
      { path: "/dev/ttyS4", pnpId: "x" },
      { path: "/dev/ttyUSB0", manufacturer: "1a86" },
    ];
    const ports = await serialPorts(load);
    expect(() => onlyPort(ports)).toThrow(
      "There are 2 serial ports; say which one the board is on:\n  --port /dev/ttyS4\n  --port /dev/ttyUSB0  1a86",
    );
    expect(onlyPort(ports.slice(1))).toBe("/dev/ttyUSB0");
    expect(() => onlyPort([])).toThrow(/^No serial port was found, expected is one/);
  });
});

describe("TCP", () => {
  test("carries octets both ways, and tells when it is closed", async () => {
    const server = createServer((peer) => peer.once("data", (octets) => peer.end(octets)));
    onTestFinished(() => void server.close());
    await once(server.listen(0, "127.0.0.1"), "listening");
    const link = await openTcp(`127.0.0.1:${(server.address() as { port: number }).port}`);
    let heard = "";
    link.onData((octets: Buffer) => void (heard += octets));
    await link.write(Buffer.from("echo"));
    expect(await new Promise((resolve) => link.onClose(resolve))).toBe("the connection was closed");
    expect(heard).toBe("echo");
    // To nobody, and that is no error.
    await link.write(Buffer.from("echo"));
    link.close();
  });

  test("where nobody listens says what is expected there", async () => {
    const port = await freePort();
    await expect(openTcp(`127.0.0.1:${port}`)).rejects.toThrow(
      /^No connection to 127\.0\.0\.1:\d+ \(ECONNREFUSED\)\. Expected is a board whose console listens there/,
    );
    await expect(openTcp(":23")).rejects.toThrow(
      "--host :23: expected is a name or an address, and perhaps :port.",
    );
  });
});

/** What the package `espruino` is to us. */
const espruino = (info: unknown, found = ["c0:ff:ee", "Puck.js 1a2b"]) => {
  let listener = (_: ArrayBuffer) => {};
  const said: unknown[] = [];
  let scans = 0;
  const Serial = {
    // Nothing at first: it takes a while until a board is heard.
    getPorts: (done: (ports: object[]) => void) => {
      scans += 1;
      done(scans > 1 && found.length > 0 ? [{ path: found[0], description: found[1] }] : []);
    },
    startListening: (handler: typeof listener) => void (listener = handler),
    open: (path: string, done: (info: unknown) => void) => (said.push(path), done(info)),
    connection: {
      async write(text: string) {
        said.push(text);
        listener(new Uint8Array([104, 105]).buffer);
      },
    },
    close: () => void said.push("closed"),
  };
  const init = (done: () => void) => {
    (globalThis as any).Espruino = { Config: {}, Core: { Serial } };
    console.log("Found something");
    done();
  };
  onTestFinished(() => void delete (globalThis as any).Espruino);
  return { said, load: async () => ({ init }) };
};

describe("Bluetooth", () => {
  test("goes through the package espruino, quietly", async () => {
    const log = vi.spyOn(console, "log").mockImplementation(() => {});
    onTestFinished(() => log.mockRestore());
    const { said, load: loaded } = espruino({});
    const link = await openEspruinoPackage("Puck.js 1a2b", 115200, loaded);
    let heard = "";
    link.onData((octets: Buffer) => void (heard += octets));
    await link.write(Buffer.from("\x10x\n"));
    link.close();
    expect(said).toEqual(["c0:ff:ee", "\x10x\n", "closed"]);
    expect(heard).toBe("hi");
    expect(log).not.toHaveBeenCalled();
  });

  test("says what is missing: the package, the board, its name", async () => {
    await expect(openEspruinoPackage("Puck.js", 115200, missing)).rejects.toThrow(
      "Bluetooth needs the package espruino: npm install --no-save espruino",
    );
    await expect(
      openEspruinoPackage("puck.js 1A2B", 115200, espruino(undefined).load),
    ).rejects.toThrow("puck.js 1A2B cannot be opened: is another program connected to it?");
    await expect(
      openLink({ name: "Puck.js", flashing: { method: "espruino-ble" } }, { folder: "." }),
    ).rejects.toThrow(
      /^Puck\.js is flashed over Bluetooth: expected is its name or address in --port\./,
    );
  });
});

test("a board that is not in reach is told with those that are", async () => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  onTestFinished(() => void vi.useRealTimers());
  const none = openEspruinoPackage("Bangle.js 0000", 115200, espruino({}).load);
  const refused = expect(none).rejects.toThrow(
    "Bangle.js 0000 was not found by the package espruino: expected is a board in reach that nothing else " +
      "is connected to. It found:\n  c0:ff:ee  Puck.js 1a2b",
  );
  await vi.advanceTimersByTimeAsync(20000);
  await refused;
});

test("an interpreter that is none is told", async () => {
  await expect(openProcess("/nowhere/espruino", ".")).rejects.toThrow(
    /^\/nowhere\/espruino cannot be started: /,
  );
});

describe("a talk", () => {
  const question = (number: number) => `ask ${number}\n`;

  test("gives up on a board that stops the flow, and sends nothing more of that question", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    onTestFinished(() => void vi.useRealTimers());
    let heard = "";
    const link = linkOpen((octet) => {
      heard += octet;
      if (heard.length === 32) link.says("\x13");
    });
    const talk = openTalk(link);
    const told = talk.ask((number: number) => `${number}${"x".repeat(200)}\n`);
    const refused = expect(told).rejects.toThrow("No answer on /dev/ttyFAKE within 5 s.");
    await vi.advanceTimersByTimeAsync(5000);
    await refused;
    expect(heard.length).toBeLessThan(100);
    const before = heard.length;
    link.says("\x11\x022:late\x03");
    await new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
    expect(heard.length).toBe(before);
  });

  test("takes no answer for another question's", async () => {
    const link = linkOpen((octet) => {
      if (octet === "\n")
        for (const part of ["noise \x021:old\x03> \x02", "2:ne", "w\x03", "rest"]) link.says(part);
    });
    const talk = openTalk(link);
    expect(await talk.ask(question)).toBe("old");
    expect(await talk.ask(question)).toBe("new");
    await new Promise((resolve) => setImmediate(resolve));
    expect(talk.heard()).toContain("rest");
  });

  test("tells what the board refuses, and a port that is gone before or after", async () => {
    const link = linkOpen((octet) => octet === "\n" && link.says("\x021!Error: no\x03"));
    const talk = openTalk(link);
    await expect(talk.ask(question)).rejects.toThrow("The board says: Error: no.");
    link.vanish();
    await new Promise((resolve) => setImmediate(resolve));
    await expect(talk.ask(question)).rejects.toThrow("/dev/ttyFAKE is gone (it was unplugged).");
    await expect(talk.quiet()).rejects.toThrow("is gone");
  });
});
