// SPDX-License-Identifier: MIT
// The configuration file: defaults, sentences for what is wrong, files it refers to.

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { configFrom, configRead } from "../../gateway/src/config.js";
import { usual } from "../../gateway/src/settings.js";
import { settingsOf } from "../../gateway/src/run.js";

test("nothing said, everything is as usual", () => {
  const config = configFrom({});
  expect(settingsOf(config)).toEqual(usual);
  expect(config.links).toEqual([
    { type: "udp", name: "udp", host: "0.0.0.0", port: 1883, mtu: 1400, retryMs: 10000 },
  ]);
  expect(config.broker).toMatchObject({
    url: "mqtt://localhost:1883",
    keepAlive: 60,
    connectMs: 8000,
  });
  expect([config.mode, config.name, config.advertiseSeconds, config.log]).toEqual([
    "transparent",
    "ringlet-gateway",
    900,
    "info",
  ]);
});

test("links have names: the type, and a number from the second on", () => {
  const links = [{ type: "udp" }, { type: "udp", port: 1884 }, { type: "tty", path: "/dev/x" }];
  expect(configFrom({ links }).links.map(({ name }) => name)).toEqual(["udp", "udp2", "tty"]);
});

test.each<[string, unknown, string]>([
  ["an unknown key", { Broker: {} }, `the whole: there is no setting "Broker": write "broker".`],
  [
    "one further in",
    { limits: { client: 3 } },
    `limits: there is no setting "client": take it out, or use one of clients,`,
  ],
  [
    "in a link",
    { links: [{ type: "udp", baudRate: 3 }] },
    `links[0]: there is no setting "baudRate": take it out, or use one of type, name, host, port`,
  ],
  [
    "another type",
    { gatewayId: "1" },
    `gatewayId: has to be a whole number, and is "1": change it.`,
  ],
  [
    "out of range",
    { links: [{ type: "udp", port: 70000 }] },
    `links[0].port: has to be from 0 to 65535, and is 70000: change it.`,
  ],
  [
    "a choice",
    { mode: "both" },
    `mode: has to be one of transparent, aggregating, and is "both": choose one.`,
  ],
  [
    "another link",
    { links: [{ type: "lora" }] },
    `links[0].type: has to be one of udp, tcp, serial, tty, ble: choose one.`,
  ],
  ["something missing", { clients: [{}] }, `clients[0]: "id" is missing: write it.`],
  [
    "another form",
    { broker: { url: "localhost" } },
    `broker.url: has another form, and is "localhost": `,
  ],
  ["no links", { links: [] }, `links: is too short, too long or too few, and is []: change it.`],
  [
    "the same name",
    {
      links: [
        { type: "udp", name: "a" },
        { type: "udp", name: "a" },
      ],
    },
    `links[1].name: "a" is there already: choose another.`,
  ],
  [
    "a host name",
    { links: [{ type: "udp", host: "home" }] },
    `links[0].host: has to be an address, and is "home": 0.0.0.0 listens everywhere.`,
  ],
  [
    "a wildcard",
    { predefined: { "a/#": 1 } },
    `predefined: "a/#" is no topic name: + and # stand for others there.`,
  ],
  [
    "a number twice",
    { predefined: { a: 1, b: 1 } },
    `predefined: "b" and "a" have the same number: change one.`,
  ],
  [
    "a network",
    { clients: [{ id: "*", from: ["10.0.0.0/33"] }] },
    `clients[0].from: "10.0.0.0/33" is no network: write it as 10.0.0.0/8.`,
  ],
  [
    "two passwords",
    { broker: { password: "a", passwordFile: "b" } },
    `broker has password and passwordFile: leave one of them out.`,
  ],
])("%s is told as a sentence, with its place", (_name, given, told) => {
  let message = "";
  try {
    configFrom(given, "gw.json");
  } catch (error) {
    message = (error as Error).message;
  }
  expect(message).toContain(`gw.json: ${told}`);
});

test("several mistakes are told together, each in a line", () => {
  expect(() => configFrom({ mode: 1, log: 2 }, "gw.json")).toThrow(/mode: .*\n.*log: /);
});

test("files are found beside the configuration", () => {
  const folder = mkdtempSync(join(tmpdir(), "ringlet-gateway-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const put = (name: string, text: string) => writeFileSync(join(folder, name), text);
  put("topics.json", `{ "größe": 7 }`);
  put("secret", "pässword\nnot this\n");
  put(
    "gw.json",
    `{ "predefined": "topics.json", "broker": { "passwordFile": "secret" }, "state": "s" }`,
  );
  const config = configRead(join(folder, "gw.json"));
  expect(config.predefined.names.get("\0\x07")).toBe("gr\xc3\xb6\xc3\x9fe");
  expect(config.broker.password).toBe("pässword");
  expect(config.state).toBe(join(folder, "s"));
  put("bad.json", "{");
  expect(() => configRead(join(folder, "bad.json"))).toThrow(/bad.json: has to be JSON: /);
  put("lost.json", `{ "predefined": "nowhere.json" }`);
  expect(() => configRead(join(folder, "lost.json"))).toThrow(
    /lost.json: predefined: .*nowhere.json: there is no such file. Check the path and who may read it./,
  );
  expect(() => configRead(join(folder, "none.json"))).toThrow(/there is no such file/);
});
