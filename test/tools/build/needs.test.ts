// SPDX-License-Identifier: MIT
// What a bundle needs of its firmware is found by the build, so that a board without it is refused there.

import { expect, test } from "vitest";
// @ts-ignore: the tools are JavaScript
import { bundleEspruino } from "../../../tools/build/espruino.mjs";

const needsOf = async (config: string, entry: string) =>
  (await bundleEspruino(`boards/espruino/${config}`, `boards/espruino/${entry}`)).needs;

test("message authentication needs the firmware's SHA-256, or brings one", async () => {
  expect(await needsOf("tsconfig.json", "auth.ts")).toEqual(["crypto.SHA256"]);
  expect(await needsOf("tsconfig.sha256.json", "auth.ts")).toEqual([]);
});

test("who does not import it needs nothing of it", async () => {
  expect(await needsOf("tsconfig.json", "lean.ts")).toEqual([]);
});
