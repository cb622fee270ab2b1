// SPDX-License-Identifier: MIT
// Links that are byte streams: over TCP and a pseudo-terminal for real, serial ports and Bluetooth with modules
// that stand in for the packages; multicast; and what is said where a package is missing.

import { spawn, spawnSync } from "node:child_process";
import { createSocket } from "node:dgram";
import { EventEmitter, once } from "node:events";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { configFrom } from "../../gateway/src/config.js";
import { linkOpen, type LinkOptions, type Load } from "../../gateway/src/links/open.js";
import { ttyDial } from "../../gateway/src/links/tty.js";
import type { Link } from "../../gateway/src/world.js";
import { encodeFrame } from "../../src/sn/frame.js";
// @ts-ignore: the tools are JavaScript
import { freePort } from "../../tools/ports.mjs";
import { until } from "../boards/broker.js";
import { octetsOf, wordOf } from "../sn/words.js";
import { brokerStage, gatewayStage, mqttPeer, silent, snClient } from "./stage.js";

/** Opens a link that answers everything with PINGRESP. */
async function linkStage(options: object, load?: Load) {
  const heard: string[] = [];
  const links: Link[] = [];
  const ear = {
    addLink: (link: Link) => void links.push(link),
    receive: (link: Link, octets: string, host: string, port: number) => {
      heard.push(octets === "" ? "broken" : wordOf(octets));
      link.send(octetsOf("PINGRESP"), host, port);
    },
  };
  const [first] = configFrom({ links: [options] }).links;
  const open = await linkOpen(first as LinkOptions, ear, silent, load);
  onTestFinished(open.close);
  return { heard, links, open };
}

const bytes = (octets: string) => Buffer.from(octets, "latin1");
const ping = bytes(encodeFrame(octetsOf("PINGREQ")));
const pong = encodeFrame(octetsOf("PINGRESP"));

test("frames over TCP: a client through the gateway to the server and back", async () => {
  const broker = await brokerStage();
  const peer = await mqttPeer(broker.port);
  const { ports } = await gatewayStage(broker.port, { links: [{ type: "tcp", port: 0 }] });
  const socket = connect(ports["tcp"]!, "127.0.0.1");
  onTestFinished(() => void socket.destroy());
  const { client, heard, ends } = snClient({ stream: socket });
  client.subscribe("to/+", 2);
  client.publish("from/a", "~}\x03\x11\x13", 2);
  await until(() => peer.heard.length === 1);
  await peer.client.publishAsync("to/a", "~~", { qos: 2 });
  await until(() => heard.length === 1);
  expect([peer.heard[0], heard]).toEqual(["from/a ~}\x03\x11\x13", ["to/a ~~"]]);
  await ends();
});

test("what is broken on a stream is dropped, and the next frame is whole", async () => {
  const { heard, open } = await linkStage({ type: "tcp", port: 0 });
  const socket = connect(open.port!, "127.0.0.1");
  onTestFinished(() => void socket.destroy());
  let told = "";
  socket.on("data", (chunk) => (told += chunk.toString("latin1")));
  socket.write(bytes("~~~console> \r\n~" + "x".repeat(5000)));
  socket.write(Buffer.concat([bytes("~"), ping, ping.subarray(0, 3), ping]));
  await until(() => heard.filter((one) => one === "PINGREQ").length === 2);
  // The long one is dropped as it comes, or counted when it comes in one piece.
  expect(heard.slice(-3)).toEqual(["PINGREQ", "broken", "PINGREQ"]);
  expect(new Set(heard.slice(0, -3))).toEqual(new Set(["broken"]));
  await until(() => told.endsWith(pong + pong));
});

test("no more connections than there may be", async () => {
  const { open } = await linkStage({ type: "tcp", port: 0, connections: 1 });
  const sockets = [1, 2].map(() => connect(open.port!, "127.0.0.1"));
  onTestFinished(() => sockets.forEach((socket) => socket.destroy()));
  const closed = await Promise.race(
    sockets.map((socket, i) => once(socket, "close").then(() => i)),
  );
  expect(sockets[1 - closed]!.destroyed).toBe(false);
});

const socat = spawnSync("socat", ["-V"]).status === 0;

test.skipIf(!socat)(
  `frames over a pseudo-terminal${socat ? "" : " (skipped: there is no socat)"}`,
  async () => {
    const folder = mkdtempSync(join(tmpdir(), "ringlet-pty-"));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const [here, there] = ["here", "there"].map((name) => join(folder, name));
    const child = spawn("socat", [`pty,raw,echo=0,link=${here}`, `pty,raw,echo=0,link=${there}`]);
    onTestFinished(() => void child.kill());
    await until(() => existsSync(here!) && existsSync(there!));
    const { heard } = await linkStage({ type: "tty", path: here });
    let told = "";
    const data = (chunk: Uint8Array) => (told += Buffer.from(chunk).toString("latin1"));
    const device = await ttyDial(there!)({ data, closed: () => {} });
    onTestFinished(device.close);
    const all = Array.from({ length: 256 }, (_, i) => String.fromCharCode(i)).join("");
    device.write(bytes(encodeFrame(octetsOf(`PUBLISH 1 q1 'ab' ${all}`))));
    device.write(ping);
    await until(() => told === pong + pong);
    expect(heard).toEqual(["PUBLISH 1 q1 'ab' [256]", "PINGREQ"]);
  },
);

test("a serial port by the package serialport; one that is gone is opened again", async () => {
  const ports: FakePort[] = [];
  class FakePort extends EventEmitter {
    writableLength = 0;
    written: Buffer[] = [];
    constructor(readonly options: { path: string; baudRate: number }) {
      super();
      ports.push(this);
    }
    open(done: (error: Error | null) => void) {
      done(null);
    }
    write(chunk: Buffer) {
      this.written.push(chunk);
    }
    close() {
      this.emit("close");
    }
  }
  const options = { type: "serial", path: "/dev/x", baudRate: 9600 };
  const { heard, links } = await linkStage(options, async () => ({ SerialPort: FakePort }));
  expect(ports[0]!.options).toMatchObject({ path: "/dev/x", baudRate: 9600 });
  ports[0]!.emit("data", ping.subarray(0, 2));
  ports[0]!.emit("data", ping.subarray(2));
  await until(() => heard.length === 1);
  links[0]!.broadcast!(octetsOf("GWINFO 1 "));
  expect(ports[0]!.written.map((chunk) => chunk.toString("latin1"))).toEqual([
    pong,
    encodeFrame(octetsOf("GWINFO 1 ")),
  ]);
  // It does not drain: nothing piles up.
  ports[0]!.writableLength = 100000;
  links[0]!.send(octetsOf("PINGRESP"), "", 0);
  expect(ports[0]!.written.length).toBe(2);
  ports[0]!.close();
  await until(() => ports.length === 2);
});

test("Bluetooth by the package node-ble: twenty octets a write, one after the other", async () => {
  const tell = Object.assign(new EventEmitter(), { startNotifications: async () => {} });
  const written: Buffer[] = [];
  const write = { writeValue: async (chunk: Buffer) => void written.push(Buffer.from(chunk)) };
  const asked: string[] = [];
  const service = {
    getCharacteristic: async (uuid: string) => (uuid.startsWith("6e400003") ? tell : write),
  };
  const device = Object.assign(new EventEmitter(), {
    connect: async () => void asked.push("connect"),
    disconnect: async () => void asked.push("disconnect"),
    gatt: async () => ({ getPrimaryService: async () => service }),
  });
  const adapter = {
    isDiscovering: async () => false,
    startDiscovery: async () => void asked.push("discover"),
    waitDevice: async (address: string) => (asked.push(address), device),
  };
  const createBluetooth = () => ({
    bluetooth: { defaultAdapter: async () => adapter },
    destroy: () => void asked.push("destroy"),
  });
  const options = { type: "ble", address: "c0:ff:ee:00:00:01", clientId: "puck" };
  const { heard, links } = await linkStage(options, async () => ({ createBluetooth }));
  await until(() => tell.listenerCount("valuechanged") > 0);
  tell.emit("valuechanged", ping);
  await until(() => heard.length === 1 && written.length > 0);
  written.length = 0;
  const long = octetsOf(`PUBLISH q0 'ab' ${"x".repeat(50)}`);
  links[0]!.send(long, "", 0);
  await until(() => Buffer.concat(written).length === encodeFrame(long).length);
  expect(Buffer.concat(written).toString("latin1")).toBe(encodeFrame(long));
  expect(written.every((chunk) => chunk.length <= 20)).toBe(true);
  expect(asked).toEqual(["discover", "C0:FF:EE:00:00:01", "connect"]);
  device.emit("disconnect");
  expect(asked.at(-1)).toBe("destroy");
  expect(links[0]!.clientId).toBe("puck");
});

test.each([
  ["serialport", { type: "serial", path: "/dev/x" }],
  ["node-ble", { type: "ble", address: "C0:FF:EE:00:00:01" }],
])("the package %s is asked for by name where it is missing", async (name, options) => {
  const missing = async () => {
    throw Object.assign(new Error("x"), { code: "ERR_MODULE_NOT_FOUND" });
  };
  await expect(linkStage(options, missing)).rejects.toThrow(
    `The link "${options.type}" needs the package ${name}, which is not there: npm install ${name}`,
  );
});

test("a search of the multicast group is answered from the gateway's own port [SN 6.1]", async () => {
  const broker = await brokerStage();
  const port = await freePort();
  const group = "239.255.77.77";
  const multicast = { group, port, interface: "127.0.0.1", ttl: 0 };
  const { ports } = await gatewayStage(broker.port, {
    links: [{ type: "udp", host: "127.0.0.1", port: 0, multicast }],
    gatewayId: 9,
  });
  const heard: string[] = [];
  const socket = createSocket({ type: "udp4", reuseAddr: true });
  socket.on("message", (chunk, from) =>
    heard.push(`${wordOf(chunk.toString("latin1"))} from ${from.port === ports["udp"]}`),
  );
  socket.bind(0, "127.0.0.1");
  await once(socket, "listening");
  onTestFinished(() => void socket.close());
  socket.setMulticastInterface("127.0.0.1");
  socket.send(bytes(octetsOf("SEARCHGW 0")), port, group);
  await until(() => heard.length === 1);
  expect(heard).toEqual(["GWINFO 9 from true"]);
});
