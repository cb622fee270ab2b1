// SPDX-License-Identifier: MIT
// The fuzzer's table of malformed packets on every engine: each of them closes the connection with a
// Status the standard allows, the client comes back, and the transcript is the same everywhere.

import { describe, expect, test } from "vitest";
import { pages, table } from "../fuzz/table.js";
import { others, reference } from "./everywhere.js";

/** The Status that each row closed its connection with: the first step of two. */
function statuses(transcript: string[]): (number | undefined)[] {
  const found: (number | undefined)[] = [];
  let step = -1;
  for (const line of transcript) {
    const [word, value] = line.split(" ");
    if (word === "step") step = Number(value);
    if (word === "step" && step % 2 === 0) found.push(undefined);
    if (word === "close" && step % 2 === 0) found[found.length - 1] = Number(value);
  }
  return found;
}

test("the table has a few hundred rows", () => {
  expect(table.length).toBeGreaterThan(300);
});

describe.each(pages)("malformed packets, $title", (page) => {
  const expected = reference(page);

  test("each closes its connection as it should [MQTT-4.8.0-1]", async () => {
    const told = await expected;
    const found = statuses(told);
    expect(told.at(-1)).toBe("over");
    expect(found).toHaveLength(page.rows.length);
    const wrong = page.rows
      .map((row, i) => ({ ...row, found: found[i] }))
      .filter((row) => !row.statuses.includes(row.found as never));
    expect(wrong).toEqual([]);
  });

  for (const { title, skip, run } of others) {
    test.skipIf(skip)(`and the same on ${title}`, async () => {
      expect(await run(page)).toEqual(await expected);
    });
  }
});
