// SPDX-License-Identifier: MIT
// What the tests of the simulated NodeMCU share: boards that keep what they print, and servers on
// loopback; all of it ends after each test.
import { afterEach } from "vitest";
// @ts-ignore: the tools are JavaScript
import { openNodemcu } from "../../../tools/lua/nodemcu.mjs";

export { listen, pause, until } from "../board.js";

export type Flavour = "esp8266" | "esp32";
export type Board = any;
let boards: Board[] = [];

afterEach(() => {
  for (const board of boards) board.close();
  boards = [];
});

/** Makes a board and runs a text as its init.lua; `lines` is what it prints. */
export async function boot(
  flavour: Flavour,
  text: string,
  options: Record<string, unknown> = {},
): Promise<{ board: Board; lines: string[] }> {
  const lines: string[] = [];
  const files = { ...(options["files"] as object | undefined), "init.lua": JOIN[flavour] + text };
  const print = (line: string) => void lines.push(line);
  const board = await openNodemcu({ flavour, print, ...options, files });
  boards.push(board);
  board.start();
  return { board, lines };
}

/** An ESP32 has to be told to use its radio. */
const JOIN = { esp8266: "", esp32: "wifi.mode(wifi.STATION) wifi.start() wifi.sta.connect() " };

/** A program that opens a socket `s` and prints its events; `more` comes before it connects. */
export const client = (port: number, more = "") => `
  s = net.createConnection(net.TCP, 0)
  for _, name in ipairs{"connection", "disconnection", "receive", "sent"} do
    s:on(name, function(sck, value) print(name, sck == s, value) end)
  end
  ${more}
  s:connect(${port}, "127.0.0.1")`;
