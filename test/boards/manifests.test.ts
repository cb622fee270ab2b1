// SPDX-License-Identifier: MIT
// The manifests of boards: all are valid, and one that is not is told by file, place and what was
// expected.

import { describe, expect, test } from "vitest";
// @ts-ignore: the tools are JavaScript
import { pinProblems, problemsOf, readBoards } from "../../tools/boards.mjs";

const boards: Map<string, any> = readBoards();
const ESP32 = "espruino-esp32";

/** What is wrong with the manifest of the ESP32 after a change. */
function problems(change: (manifest: any) => void): string[] {
  const manifest = structuredClone(boards.get(ESP32));
  change(manifest);
  return problemsOf(ESP32, manifest, boards);
}

const told = (what: string) => [`boards/${ESP32}/board.json: ${what}`];

describe("a manifest", () => {
  test.each([...boards.keys()])("of %s is valid", (board) => {
    expect(problemsOf(board, boards.get(board), boards)).toEqual([]);
  });

  test("says nothing was tested on hardware", () => {
    for (const { testedOnHardware } of boards.values()) expect(testedOnHardware).toBe(false);
  });

  test("that lacks something is told what", () => {
    expect(problems((m) => delete m.chip)).toEqual(told('/: has no "chip"'));
    expect(problems((m) => delete m.pins[3].can)).toEqual(told('/pins/3: has no "can"'));
  });

  test("with a name that means nothing is told which", () => {
    expect(problems((m) => (m.chips = "ESP32"))).toEqual(told('/: nothing is called "chips" here'));
    expect(problems((m) => (m.pins[0].able = []))).toEqual(
      told('/pins/0: nothing is called "able" here'),
    );
    expect(problems((m) => (m.runsOn = "Espruino"))).toEqual(
      told('/: nothing is called "runsOn" here'),
    );
  });

  test("with another value than expected is told both", () => {
    expect(problems((m) => (m.pins[0].can[1] = "out"))).toEqual(
      told(
        '/pins/0/can/1: is "out", expected one of input, output, pullup, pulldown, interrupt, ' +
          "analog, pwm, dac, wake",
      ),
    );
    expect(problems((m) => (m.memory.flash = 1.5))).toEqual(
      told("/memory/flash: is 1.5, has to be integer"),
    );
    expect(problems((m) => (m.name = ""))).toEqual(told("/name: is empty, expected a text"));
  });

  test("needs some figure of memory", () => {
    const [problem] = problems((m) => (m.memory = { runsFromFlash: true }));
    expect(problem).toContain('/memory: has no "heap"');
  });

  test("that names a pin, a file or a folder which is not there is told which", () => {
    expect(problems((m) => (m.buses[0].pins.scl = "D99"))).toEqual(
      told('/buses/0/pins/scl: there is no pin "D99" in /pins'),
    );
    expect(problems((m) => (m.parts[0].pin = "LED1"))).toEqual(
      told('/parts/0/pin: there is no pin "LED1" in /pins'),
    );
    expect(problems((m) => m.pins.push(m.pins[5]))).toEqual(told('/pins: "D5" is there twice'));
    expect(problems((m) => delete m.pins[6].taken)).toEqual(
      told('/pins/6: can do nothing, and does not say in "taken" what uses it'),
    );
    expect(problems((m) => (m.shares = "nodemcu-esp32"))).toEqual(
      told("/shares: there are no modules in boards/nodemcu-esp32"),
    );
    expect(problems((m) => (m.bundles[0].entry = "program.ts"))).toEqual(
      told(`/bundles: there is no file boards/${ESP32}/program.ts`),
    );
    expect(problems((m) => (m.flashing.puts[0].file = "firmware.min.js"))).toEqual(
      told('/flashing/puts/0/file: no board builds "firmware.min.js"'),
    );
  });
});

describe("the pins of a program", () => {
  const esp32 = boards.get(ESP32);

  test("that the board has, and that can do it, are no problem", () => {
    const uses = {
      soil: { pin: "D36", as: "analog" },
      pump: { pin: "D4", as: "output" },
      free: { pin: "D5" },
    };
    expect(pinProblems(esp32, uses)).toEqual([]);
    expect(
      pinProblems(boards.get("espruino-wifi"), { led: { pin: "LED1", as: "output" } }),
    ).toEqual([]);
  });

  test("that do not exist, are taken, cannot do it, or are there twice are told", () => {
    const [none, ...others] = pinProblems(esp32, {
      a: { pin: "D99" },
      b: { pin: "D6", as: "output" },
      c: { pin: "D34", as: "output" },
      d: { pin: "D4", as: "output" },
      e: { pin: "D4", as: "input" },
    });
    expect(none).toMatch(/^a: Espruino on ESP32 has no pin D99; it has D0, D1, /);
    expect(others).toEqual([
      "b: D6 is taken by the flash",
      "c: D34 can be input, interrupt, analog, wake, and not output",
      "e: D4 is d's already",
    ]);
  });
});
