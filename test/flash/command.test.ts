// SPDX-License-Identifier: MIT
// The command itself, on NodeMCU's console behind TCP, with what is built; and what it refuses. The Espruino that
// it meets in real.test.ts is the real one.
import { execFile } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { nodemcuOpen, type NodemcuOptions } from "./nodemcu-console.js";

const LONG = 60000;

interface Ended {
  code: number;
  stdout: string;
  stderr: string;
}

const command = (...args: string[]) =>
  new Promise<Ended>((resolve) => {
    execFile(
      process.execPath,
      ["tools/flash.mjs", ...args, "--no-build"],
      (error, stdout, stderr) => resolve({ code: Number(error?.code ?? 0), stdout, stderr }),
    );
  });

/** A board whose console is behind a port of loopback. */
async function serve(options: NodemcuOptions) {
  const board = await nodemcuOpen(options);
  const server = createServer({ noDelay: true }, (peer) => {
    board.link.onData((octets) => void peer.write(octets));
    peer.on("data", (octets) => void board.link.write(octets)).on("error", () => {});
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  onTestFinished(() => {
    server.close();
    board.close();
  });
  return { board, host: `127.0.0.1:${(server.address() as AddressInfo).port}` };
}

function fileOf(name: string, text: string): string {
  const folder = mkdtempSync(join(tmpdir(), "ringlet-flash-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  writeFileSync(join(folder, name), text);
  return join(folder, name);
}

describe("npm run flash", () => {
  beforeAll(() => {
    if (!existsSync("dist/nodemcu-esp8266/init.lua")) throw new Error("npm run build comes first");
  });

  test(
    "puts module, configuration and program on an ESP32, and shows what it says",
    { timeout: LONG },
    async () => {
      const { board, host } = await serve({ flavour: "esp32" });
      const config = fileOf("mine.json", '{"ssid":"s","wifiPassword":"secret","host":"h"}');
      const program = fileOf("lamp.lua", 'print("the lamp is on", require("ringlet") ~= nil)');
      const { code, stdout, stderr } = await command(
        "nodemcu-esp32",
        program,
        "--host",
        host,
        "--config",
        config,
      );
      expect(stderr).toBe("");
      expect(stdout).toBe(
        "ESP32, NodeMCU, Lua 5.3\n" +
          `ringlet.lua          ${readFileSync("dist/lua/ringlet.lua").length} octets, verified\n` +
          "ringlet.json         47 octets, verified\n" +
          "init.lua             50 octets, verified\n" +
          "board: the lamp is on\ttrue\n" +
          "Done.\n",
      );
      expect(code).toBe(0);
      expect(board.file("ringlet.lua")).toBe(readFileSync("dist/lua/ringlet.lua", "latin1"));
      expect(board.file("ringlet.json")).toContain("secret");
    },
  );

  test(
    "on an ESP8266 asks for an image with the module, and with it puts the program",
    { timeout: LONG },
    async () => {
      const { board, host } = await serve({});
      const without = await command("nodemcu-esp8266", "--host", host);
      expect(without.stderr).toMatch(
        /^ringlet is not in the board's Lua Flash Store \(which is empty\), and does not fit in its RAM\. luac\.cross -f -o lfs\.img dist\/lua\/ringlet\.lua makes an image, .* nothing was written\.\n$/,
      );
      expect(without.code).toBe(1);
      expect(board.names()).toEqual([]);
      const image = fileOf("lfs.img", "LFS ringlet");
      const program = fileOf("lamp.lua", 'require("ringlet")');
      const { code, stdout } = await command(
        "nodemcu-esp8266",
        program,
        "--host",
        host,
        "--lfs",
        image,
      );
      expect(stdout).toContain("The board loads the image, and starts anew.\n");
      expect(stdout).toContain("board: module ringlet from LFS\nDone.\n");
      expect(code).toBe(0);
      expect(board.names()).toEqual(["init.lua"]);
    },
  );

  test("tells what configuration is missing", { timeout: LONG }, async () => {
    const { board, host } = await serve({ flavour: "esp32" });
    const { stdout } = await command(
      "nodemcu-esp32",
      "--host",
      host,
      "--save",
      "module",
      "--compile",
    );
    expect(stdout).toContain(
      "There is no ringlet.json on the board, with ssid, wifiPassword, host: --config FILE writes one.",
    );
    expect(stdout).not.toContain("board:");
    expect(board.names()).toEqual(["firmware.lua", "ringlet.lc"]);
  });

  test(
    "writes nothing to another board than the one that was named",
    { timeout: LONG },
    async () => {
      const { board, host } = await serve({ flavour: "esp32" });
      const { stderr, code } = await command("nodemcu-esp8266", "--host", host);
      expect(stderr).toMatch(
        /^The board calls itself ESP32 .*expected is ESP8266 for nodemcu-esp8266: nothing was written\./,
      );
      expect(code).toBe(1);
      expect(board.names()).toEqual([]);
    },
  );

  test.each([
    [[], /^No board was named: expected is one of espruino-.*nodemcu-esp8266\.\n$/],
    [["arduino"], /^There is no board arduino to flash: expected is one of /],
    [
      ["linux", "nope"],
      /^There is no program nope for linux: expected is a file that ends with \.js, /,
    ],
    [["linux", "--baud", "fast"], /^--baud fast: expected is a whole number such as 115200\.\n$/],
    [["linux", "--save", "ram"], /^--save ram: expected is one of boot, module, file\.\n$/],
    [["linux", "--lfs", "x"], /^--lfs is for NodeMCU\.\n$/],
    [["linux", "a", "b"], /^Expected are a board and a program, not linux a b\.\n/],
    [["linux", "--prot", "x"], /^Unknown option '--prot'/],
    [["nodemcu-esp32", "--host", ":"], /^--host :: expected is a name or an address/],
  ])("%j is refused with a sentence", async (args, told) => {
    const { code, stdout, stderr } = await command(...args);
    expect(stderr).toMatch(told);
    expect(stdout).toBe("");
    expect(code).toBe(1);
  });
});
