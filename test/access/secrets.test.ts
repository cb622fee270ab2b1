// SPDX-License-Identifier: MIT
// A password that was planted turns up nowhere: not in what a client tells, refused or not, not in what
// a bundle prints, not in the sentences about options.

import { readFileSync } from "node:fs";
import { expect, onTestFinished, test, vi } from "vitest";
import { connect, explain } from "../../boards/host/module.js";
import { brokerOpen, until } from "../boards/broker.js";
import { watched } from "../boards/watched.js";
// @ts-ignore: the tools are JavaScript
import { runInHost } from "../../tools/station/engine.mjs";

const SECRET = "planted-7f3a";

test("a planted password is in nothing that is told or printed", async () => {
  const printed: string[] = [];
  for (const name of ["log", "error", "warn"] as const) {
    const spy = vi
      .spyOn(console, name)
      .mockImplementation((...all) => void printed.push(all.join(" ")));
    onTestFinished(() => spy.mockRestore());
  }
  const broker = await brokerOpen();
  onTestFinished(() => broker.close());
  broker.aedes.authenticate = (_client, _name, _password, done) =>
    done(Object.assign(new Error("no"), { returnCode: 4 as const }), false);
  const login = { port: broker.port, username: "node1", password: SECRET };
  const { client, told } = watched(login);
  await until(() => told.closes.length);
  client.end();
  const node = runInHost(
    readFileSync(new URL("../../dist/espruino-esp32/firmware.min.js", import.meta.url), "utf8"),
    { ...login, host: "127.0.0.1", clientId: "node1", ssid: "simulated" },
    (line: string) => printed.push(line),
  );
  await until(() => printed.some((line) => line.includes("-24")));
  node.stop();
  for (const wrong of [
    { host: "a", password: SECRET },
    { host: "a", username: "node1", passwort: SECRET },
    { host: "a", username: "node1", password: { secret: SECRET } },
    { host: "a", port: -1, username: "node1", password: SECRET },
  ]) {
    expect(() => connect(wrong as never)).toThrow(TypeError);
    try {
      connect(wrong as never);
    } catch (error) {
      printed.push(String(error), (error as Error).stack ?? "");
    }
  }
  const all = JSON.stringify([told, printed, told.closes.map(explain), client.stats()]);
  expect(all).toContain("-24");
  expect(all).not.toContain(SECRET);
});
