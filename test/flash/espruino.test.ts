// SPDX-License-Identifier: MIT
// Flashing an Espruino on a console as the firmware's: what is on the board in the end, and after every fault.
import { afterEach, describe, expect, test } from "vitest";
// @ts-ignore: the tools are JavaScript
import { openEspruino } from "../../tools/flash/espruino.mjs";
// @ts-ignore: the tools are JavaScript
import { flash } from "../../tools/flash/sequence.mjs";
// @ts-ignore: the tools are JavaScript
import { openTalk } from "../../tools/flash/talk.mjs";
import { cutsOf } from "./link.js";
import { espruinoOpen, type EspruinoOptions } from "./espruino-console.js";

type Console = ReturnType<typeof espruinoOpen>;
let consoles: Console[] = [];
afterEach(() => {
  for (const one of consoles) one.stop();
  consoles = [];
});

/** Every octet, so that whatever a console takes for a command has to be written some other way. */
const EVERY = String.fromCharCode(...Array.from({ length: 256 }, (_, at) => at));
const OLD = { node: 'print("the old one")', ".boot0": 'require("node")' };
const NEW = [
  { name: "data", octets: EVERY },
  { name: "node", octets: 'print("the new one");' },
  { name: ".boot0", octets: 'require("node");' },
];

function open(options: EspruinoOptions = {}): Console {
  const board = espruinoOpen(options);
  consoles.push(board);
  return board;
}

async function run(on: Console, files = NEW, identities = ["SIMULATED"]): Promise<string> {
  const lines: string[] = [];
  const talk = openTalk(on.link, { pause: 1 });
  const board = openEspruino(talk);
  try {
    await flash({
      board,
      named: "simulated",
      identities,
      plan: () => files,
      say: (line: string) => void lines.push(line),
    });
    await board.restart();
  } catch (error) {
    lines.push((error as Error).message);
  }
  await on.settle();
  return lines.join("\n");
}

/** What the board does after a reset with what is in its Storage. */
function startOf(on: Console): string {
  on.reset();
  return on.printed.join("\n");
}

describe("flashing Espruino", () => {
  test("puts every octet where it belongs, and the board starts it", async () => {
    const on = open({ storage: OLD });
    expect(await run(on)).toBe(
      "SIMULATED, Espruino 2v29\n" +
        "data                 256 octets, verified\n" +
        "node                 21 octets, verified\n" +
        ".boot0               16 octets, verified",
    );
    expect(on.files).toEqual(Object.fromEntries(NEW.map(({ name, octets }) => [name, octets])));
    expect(on.printed.at(-1)).toMatch(/^\x02\d+:1\x03$/);
    expect(on.printed).toContain("the new one");
    expect(startOf(on)).toBe("the new one");
  });

  test("keeps to the flow control: the input buffer never runs over", async () => {
    const on = open({ speed: 8 });
    await run(on);
    expect(on.dropped()).toBe(0);
  });

  test("finds its answers between what a running program writes", async () => {
    const on = open({ chatter: 'temperature: 21 "\\x02" > =undefined' });
    await run(on);
    expect(startOf(on)).toBe("the new one");
  });

  test("with Unicode strings writes the same octets", async () => {
    const on = open({ unicode: true });
    await run(on);
    expect(on.files["data"]).toBe(EVERY);
  });

  test("stops a line that somebody has left there", async () => {
    const on = open();
    for (const octet of "print('half a li") await on.link.write(Buffer.from(octet));
    await run(on);
    expect(startOf(on)).toBe("the new one");
  });

  test("writes nothing to a board that is another one", async () => {
    const on = open({ board: "PUCKJS", storage: OLD });
    expect(await run(on)).toBe(
      "The board calls itself PUCKJS (Espruino 2v29), expected is SIMULATED for simulated: " +
        "nothing was written. Name the board that it is, or another port.",
    );
    expect(on.files).toEqual(OLD);
  });

  test("writes nothing where there is no room, and says how much there is", async () => {
    const on = open({ room: 300, storage: OLD });
    expect(await run(on)).toBe(
      "SIMULATED, Espruino 2v29\n" +
        "The board's flash is too full: expected is room for 488 octets, there is room for 300, the files " +
        "to be replaced included. Nothing was written: remove files there, or choose a smaller program.",
    );
    expect(on.files).toEqual(OLD);
  });

  test("where old and new have no room together removes what starts by itself first", async () => {
    const storage = { ...OLD, data: "x".repeat(256) };
    const on = open({ room: 700, storage });
    expect(await run(on)).toContain(
      "no room beside the old files: .boot0 is removed first, and written last",
    );
    expect(startOf(on)).toBe("the new one");
    expect(Object.keys(on.files).sort()).toEqual([".boot0", "data", "node"]);
  });

  test("removes what an earlier run has left beside the files before it looks for room", async () => {
    const on = open({ storage: { "~data": "x".repeat(800), "~node": "y" }, room: 900 });
    expect(await run(on)).not.toContain("no room");
    expect(Object.keys(on.files).sort()).toEqual([".boot0", "data", "node"]);
    expect(startOf(on)).toBe("the new one");
  });

  test("flash that keeps something else is found by reading back", async () => {
    const wear = (name: string, octets: string) =>
      name === "~data" ? octets.replace("A", "\x00") : octets;
    const on = open({ storage: OLD, wear });
    expect(await run(on)).toContain(
      "~data was read back otherwise than it was written, from octet 65 on, twice: try a lower --baud or " +
        "another cable; else the flash is worn. On the board now: data, node, .boot0 are as before; ~data may " +
        "be there, which nothing runs and the next flash replaces. It starts what it started before. Flash it again.",
    );
    expect(startOf(on)).toBe("the old one");
  });

  test("flash that wears once is written again", async () => {
    let worn = 0;
    const wear = (name: string, octets: string) =>
      name === "~node" && worn++ === 0 ? octets.replace("new", "n\x00w") : octets;
    const on = open({ wear });
    await run(on);
    expect(startOf(on)).toBe("the new one");
  });

  test("a file's name that is too long is refused", async () => {
    const on = open({ storage: OLD });
    const files = [{ name: "n".repeat(28), octets: "1" }, ...NEW];
    expect(await run(on, files)).toContain("a file's name has 27 characters at most on this board");
    expect(on.files).toEqual(OLD);
  });
});

/** What is said of the next start, and what that may print. */
const STARTS: [RegExp, RegExp][] = [
  [/It starts what it started before\./, /^the old one$/],
  [/It starts what it started before, or nothing\./, /^(the old one)?$/],
  [/What starts by itself is the old file, with modules that are new\./, /^the (old|new) one$/],
  [/It starts by itself, the old program or the new one\./, /^the (old|new) one$/],
  [/It starts nothing by itself\./, /^$/],
  [/It starts the new program, or nothing\./, /^(the new one)?$/],
  [/It starts the new program\./, /^the new one$/],
];

/** Whether what was said is what is there. */
function expectTruth(said: string, on: Console, before: Record<string, string>): void {
  const [, told = ""] = said.split("On the board now: ");
  const clause = (text: string) =>
    told
      .split(/; |\. /)
      .find((part) => part.includes(text))
      ?.split(/ is | are /)[0]
      ?.split(", ") ?? [];
  for (const { name, octets } of NEW) {
    const now = on.files[name];
    if (clause("new and verified").includes(name)) expect(now, said).toBe(octets);
    if (clause("as before").includes(name)) expect(now, said).toBe(before[name]);
    if (clause("the old one or the new one").includes(name)) {
      expect([octets, before[name]], said).toContain(now);
    }
    if (clause("removed, or the new one").includes(name)) {
      expect([undefined, octets], said).toContain(now);
    }
    if (clause("the old one, or removed").includes(name)) {
      expect([undefined, before[name]], said).toContain(now);
    }
    if (clause("is removed").concat(clause("are removed")).includes(name)) {
      expect([undefined, octets], said).toContain(now);
    }
  }
  const [, expected = /^(the old|the new) one$/] = STARTS.find(([told]) => told.test(said)) ?? [];
  expect(startOf(on), said).toMatch(expected);
}

describe.each([
  ["beside the old ones", { storage: OLD }, [0, 2, 3]],
  ["in their place", { storage: { ...OLD, data: "x".repeat(256) }, room: 700 }, [0, 1, 4, 5]],
])("a port that vanishes while files are written %s", (_, options: EspruinoOptions, told) => {
  test(
    "behind any line or in it: it is said what is on the board, and the next flash mends it",
    { timeout: 60000 },
    async () => {
      const whole = open(options);
      await run(whole);
      const seen = new Set<number>();
      for (const limit of cutsOf(whole.link.through()).slice(0, -1)) {
        const on = open({ ...options, limit });
        const said = await run(on);
        expect(said).toContain("/dev/ttyFAKE is gone (it was unplugged).");
        expectTruth(said, on, options.storage ?? {});
        seen.add(STARTS.findIndex(([sentence]) => sentence.test(said)));
        const again = open({ ...options, storage: on.files });
        await run(again);
        expect(startOf(again)).toBe("the new one");
        on.stop();
        again.stop();
      }
      // Before the first file, and behind the last, there is nothing to tell but that it is gone.
      expect([...seen].filter((at) => at >= 0).sort()).toEqual(told);
    },
  );
});
