// SPDX-License-Identifier: MIT
// The same dialogue on every engine has the same transcript, octet for octet: the JavaScript bundle in
// Espruino's host, with 8-bit and with Unicode strings, and on real interpreters; the Lua bundle on Lua
// 5.1 and 5.3 machines, and on NodeMCU's own machine.

import { describe, expect, test } from "vitest";
import { others, reference } from "./everywhere.js";
import { dialogues } from "./transcript.js";

describe.each(dialogues)("$title", (dialogue) => {
  const expected = reference(dialogue);

  test("comes to its end, and something is sent", async () => {
    const told = await expected;
    expect(told.at(-1)).toBe("over");
    expect(told.filter((line) => line.startsWith("sent ")).length).toBeGreaterThan(3);
  });

  for (const { title, skip, run } of others) {
    test.skipIf(skip)(`is the same on ${title}`, async () => {
      expect(await run(dialogue)).toEqual(await expected);
    });
  }
});
