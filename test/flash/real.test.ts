// SPDX-License-Identifier: MIT
// The command against the real interpreter, built for Linux, where ESPRUINO_BIN and ESPRUINO_BIN_UNICODE name one: over
// its standard streams, and over TCP through its telnet server. Then it is started anew: what is in its Storage
// boots and connects. Skipped where there is none.
import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { beforeAll, describe, expect, onTestFinished, test } from "vitest";
// @ts-ignore: the tools are JavaScript
import { openEspruino } from "../../tools/flash/espruino.mjs";
// @ts-ignore: the tools are JavaScript
import { openProcess } from "../../tools/flash/links.mjs";
// @ts-ignore: the tools are JavaScript
import { flash } from "../../tools/flash/sequence.mjs";
// @ts-ignore: the tools are JavaScript
import { openTalk } from "../../tools/flash/talk.mjs";
// @ts-ignore: the tools are JavaScript
import { isListening } from "../../tools/ports.mjs";
import { brokerOpen } from "../boards/broker.js";

const LONG = 60000;
const EVERY = String.fromCharCode(...Array.from({ length: 256 }, (_, at) => at));
/** A console on TCP, where the Linux build always has it, beside a program that writes. */
const TELNET_PORT = 2323;
const TELNET =
  'require("TelnetServer").setOptions({mode:"on"});setInterval(()=>print("tick"),50)\n';
const run = promisify(execFile);

/** A folder for a Storage, away from all others. */
function folderOpen(): string {
  const folder = mkdtempSync(join(tmpdir(), "ringlet-flash-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** The interpreter, started in a folder; `heard` is what it has written. */
function start(binary: string, folder: string): { child: ChildProcess; heard: () => string } {
  const child = spawn(binary, [], { cwd: folder, stdio: ["pipe", "pipe", "ignore"] });
  // At the end of its input it would run on.
  onTestFinished(() => void child.kill("SIGKILL"));
  let heard = "";
  child.stdout.setEncoding("latin1").on("data", (text) => (heard += text));
  return { child, heard: () => heard };
}

const command = (binary: string, args: string[]) =>
  run(process.execPath, ["tools/flash.mjs", "linux", "--no-build", ...args], {
    env: { ...process.env, ESPRUINO_BIN: binary },
  });

const engines = Object.entries({
  "8-bit": process.env["ESPRUINO_BIN"],
  Unicode: process.env["ESPRUINO_BIN_UNICODE"],
});
test.skipIf(engines.some(([, binary]) => binary))("skipped: no ESPRUINO_BIN is named", () => {});

describe.each(engines.filter(([, binary]) => binary) as [string, string][])(
  "Espruino on Linux, %s",
  (_, binary) => {
    beforeAll(() => {
      if (!existsSync("dist/linux/firmware.min.js"))
        throw new Error("npm run build -- linux comes first");
    });

    test(
      "is flashed by the command, and from its Storage boots and connects",
      { timeout: LONG },
      async () => {
        const folder = folderOpen();
        const broker = await brokerOpen();
        onTestFinished(() => broker.close());
        const config = join(folder, "mine.json");
        writeFileSync(
          config,
          JSON.stringify({ host: "127.0.0.1", port: broker.port, clientId: "linux", interval: 1 }),
        );
        const online = new Promise<string>((resolve) => {
          broker.aedes.on("publish", ({ topic, payload }) => {
            if (topic === "ringlet/linux/status") resolve(String(payload));
          });
        });
        // Flashed without a broker in reach of it: nothing is heard until it is started below.
        const { stdout } = await command(binary, ["--folder", folder, "--config", config]);
        expect(stdout).toMatch(/^LINUX, Espruino 2v\d/);
        expect(stdout).toContain("firmware             ");
        expect(stdout).toMatch(/Done\.\n$/);
        start(binary, folder);
        expect(await online).toBe("online");
      },
    );

    test("is flashed over TCP, beside a program that runs", { timeout: LONG }, async ({ skip }) => {
      const folder = folderOpen();
      skip(await isListening(TELNET_PORT), `somebody else listens on ${TELNET_PORT}`);
      const { child } = start(binary, folder);
      child.stdin!.write(TELNET);
      while (!(await isListening(TELNET_PORT))) await once(child.stdout!, "data");
      const program = join(folder, "blink.js");
      writeFileSync(program, 'print("°C, "+(1+1));');
      const { stdout } = await command(binary, [program, "--host", `127.0.0.1:${TELNET_PORT}`]);
      expect(stdout).toContain(".boot0               17 octets, verified");
      child.kill("SIGKILL");
      const again = start(binary, folder);
      while (!again.heard().includes("espruino.com")) await once(again.child.stdout!, "data");
      expect(Buffer.from(again.heard(), "latin1").toString()).toContain("°C, 2");
    });

    test(
      "keeps every octet, and says what it is when it is another board",
      { timeout: LONG },
      async () => {
        const folder = folderOpen();
        const talk = openTalk(await openProcess(binary, folder));
        onTestFinished(() => talk.close());
        const board = openEspruino(talk);
        const files = [{ name: "every", octets: EVERY.repeat(5) }];
        const options = {
          board,
          named: "linux",
          identities: ["LINUX"],
          plan: () => files,
          say: () => {},
        };
        await flash(options);
        await flash(options);
        expect(await board.read("every", 1280, () => {})).toBe(files[0]!.octets);
        expect(await board.sizeOf("~every")).toBe(0);
        await expect(flash({ ...options, identities: ["ESP32"] })).rejects.toThrow(
          /calls itself LINUX .*expected is ESP32 for/,
        );
      },
    );

    test(
      "that dies while it is flashed starts what it started before",
      { timeout: LONG },
      async () => {
        const folder = folderOpen();
        const flashed = async (octets: string, killAt?: string) => {
          const talk = openTalk(await openProcess(binary, folder));
          const files = [
            { name: "node", octets },
            { name: ".boot0", octets: 'require("node");' },
          ];
          try {
            await flash({
              board: openEspruino(talk),
              named: "linux",
              identities: ["LINUX"],
              plan: () => files,
              say: () => {},
              progress: (name: string) => void (name === killAt && talk.close()),
            });
          } finally {
            await talk.close();
          }
        };
        await flashed('print("the old one");');
        await expect(flashed(`print("the new one");${" ".repeat(400)}`, "~.boot0")).rejects.toThrow(
          /is gone .*node, \.boot0 are as before; ~node, ~\.boot0 may be there.*It starts what it started before\. Flash it again\./,
        );
        const { child, heard } = start(binary, folder);
        while (!heard().includes("espruino.com")) await once(child.stdout!, "data");
        expect(heard()).toContain("the old one");
        expect(heard()).not.toContain("the new one");
        child.kill("SIGKILL");
        await flashed('print("the new one");');
        const again = start(binary, folder);
        while (!again.heard().includes("espruino.com")) await once(again.child.stdout!, "data");
        expect(again.heard()).toContain("the new one");
      },
    );
  },
);
