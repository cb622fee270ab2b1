// SPDX-License-Identifier: MIT
// The proof of a driver: its dialogues on V8 line by line, every fault that can be made of a good one,
// and then all of it on the other engines, which have to leave the same lines.

import { describe, expect, test } from "vitest";
import { engines, runSource } from "./engines.js";
import { type Dialogue, linesOf, type Step } from "./stage.js";

/** What else can be told of what a chip sends. */
export interface Form {
  /** Reads, by their number from 0 on, of which every octet is covered by a checksum. */
  checked?: readonly number[];
  /** Reads whose zeros, or ones, are what the chip may well send; each is argued in the driver. */
  zeros?: readonly number[];
  ones?: readonly number[];
}

const answerOf = (step: Step): number | string => (typeof step === "string" ? 0 : step[1]);
const lineOf = (step: Step): string => (typeof step === "string" ? step : step[0]);
const isRead = (step: Step): boolean => /^read /.test(lineOf(step));
const isWrite = (step: Step): boolean => /^write \w+ \w/.test(lineOf(step));

/** A dialogue with one answer changed, and behind it the whole of it again. */
function spoilt(good: Dialogue, at: number, answer: number | string, what: string): Dialogue {
  const step = good.steps[at]!;
  const changed: Step[] = [...good.steps];
  changed[at] = [lineOf(step), answer];
  return {
    title: `${what} at "${lineOf(step)}"`,
    given: good.given,
    steps: [...changed, ...good.steps],
  };
}

/** Every fault of a dialogue's transactions. @param good one reading, which goes well */
export function faultsOf(good: Dialogue, form: Form = {}): Dialogue[] {
  const faults: Dialogue[] = [];
  let reads = 0;
  good.steps.forEach((step, at) => {
    if (isWrite(step)) faults.push(spoilt(good, at, -40, "no answer"));
    if (lineOf(step) === "reset") {
      faults.push(spoilt(good, at, -40, "no presence"), spoilt(good, at, -45, "a line held low"));
    }
    if (!isRead(step)) return;
    const octets = String(answerOf(step));
    const number = reads++;
    for (let cut = 0; cut < octets.length; cut += 2) {
      faults.push(spoilt(good, at, octets.slice(0, cut), `a read cut at octet ${cut / 2}`));
    }
    if (!form.ones?.includes(number)) {
      faults.push(spoilt(good, at, octets.replace(/./g, "f"), "all ones"));
    }
    if (!form.zeros?.includes(number)) {
      faults.push(spoilt(good, at, octets.replace(/./g, "0"), "all zeros"));
    }
    if (!form.checked?.includes(number)) return;
    for (let cut = 0; cut < octets.length; cut += 2) {
      for (const bit of [1, 128]) {
        const wrong = (parseInt(octets.slice(cut, cut + 2), 16) ^ bit)
          .toString(16)
          .padStart(2, "0");
        const changed = octets.slice(0, cut) + wrong + octets.slice(cut + 2);
        faults.push(spoilt(good, at, changed, `bit ${bit} of octet ${cut / 2} changed`));
      }
    }
  });
  return faults;
}

const resultsOf = (lines: readonly string[]) => lines.filter((line) => line.startsWith("= "));

/**
 * Declares the tests of a driver.
 * @param name its file, below boards/sensors
 * @param driver its source
 * @param dialogues what is expected, line by line
 * @param faults each has to end its first reading with a Status and no value, and the last one well
 */
export function prove(
  name: string,
  driver: unknown,
  dialogues: readonly Dialogue[],
  faults: readonly Dialogue[] = [],
): void {
  describe(`${name} in TypeScript`, () => {
    test.each(dialogues)("$title", (dialogue) => {
      expect(runSource(driver, [dialogue])).toEqual([linesOf(dialogue)]);
    });
    test.each(faults)("$title is a Status and no value, and passes", (fault) => {
      const results = resultsOf(runSource(driver, [fault])[0]!);
      const good = resultsOf(linesOf(fault));
      expect(results[0]).toMatch(/^= -4\d$/);
      expect(results.slice(1)).toEqual(good.slice(-1));
    });
  });
  const all = [...dialogues, ...faults];
  describe(`${name}, minified`, () => {
    for (const engine of engines) {
      test.skipIf(engine.skip)(`does the same on ${engine.title}`, async () => {
        expect(await engine.run(name, all)).toEqual(runSource(driver, all));
      });
    }
  });
}
