// SPDX-License-Identifier: MIT
// The Lua machines: octets, values and errors across the border, and the limit of memory.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { MACHINES, type Machine, type Value } from "./machines.js";

const OCTETS = Array.from({ length: 256 }, (_, code) => String.fromCharCode(code)).join("");

describe.each(MACHINES)("a machine of %s", (name, open) => {
  let machine: Machine;
  beforeAll(async () => void (machine = await open()));
  afterAll(() => machine.close());

  it("is the Lua it says", () => {
    expect(machine.run("return _VERSION")).toEqual([name]);
  });

  it("carries all 256 octets into a call, out of it, and through __js both ways", () => {
    let seen: Value;
    machine.onCall((octets) => {
      seen = octets;
      return [OCTETS, String(octets).length];
    });
    machine.run(`function probe(octets)
      local sum, right = 0, true
      for at = 1, #octets do right = right and octets:byte(at) == at - 1 end
      local back, count = __js(octets)
      return #octets, right, back == octets, count, octets
    end`);
    expect(machine.call("probe", OCTETS)).toEqual([256, true, true, 256, OCTETS]);
    expect(seen).toBe(OCTETS);
  });

  it("carries octets in the text of a program", () => {
    expect(machine.run('return "\xe4\xff", #"\xe4\xff"')).toEqual(["\xe4\xff", 2]);
  });

  it("carries numbers, booleans and nil, and any number of results", () => {
    machine.onCall((...args) => args);
    expect(machine.run("return __js(1, -2.5, true, false, nil, 'x')")).toEqual([
      1,
      -2.5,
      true,
      false,
      undefined,
      "x",
    ]);
    machine.onCall(() => []);
    expect(machine.run("return select('#', __js())")).toEqual([0]);
    machine.onCall(() => Array.from({ length: 200 }, () => 7));
    expect(machine.run("return select('#', __js())")).toEqual([200]);
  });

  it("gives an integer as an integer", () => {
    machine.onCall(() => 3);
    expect(machine.run("return tostring(__js())")).toEqual(["3"]);
  });

  it("lets the host call back into Lua while Lua calls it", () => {
    machine.run("function twice(x) return 2 * x end function outer(x) return __js(x) + 1 end");
    machine.onCall((x) => {
      expect(machine.run("return 'nested', 1")).toEqual(["nested", 1]);
      expect(() => machine.run("error('inner', 0)")).toThrow("inner");
      return Number(x) * 10;
    });
    expect(machine.call("outer", 2)).toEqual([21]);
    expect(machine.call("twice", 2)).toEqual([4]);
  });

  it("throws what Lua raises, with its message, and works on", () => {
    expect(() => machine.run("local x = nil; x.y = 1", "prog.lua")).toThrow(/^prog\.lua:1: .*nil/);
    expect(() => machine.run("error('plain', 0)")).toThrow(/^plain$/);
    expect(() => machine.run("error({})")).toThrow("an error that is no text");
    expect(() => machine.run("local = 1", "bad.lua")).toThrow(/^bad\.lua:1: /);
    expect(() => machine.call("missing")).toThrow(/call a nil value/);
    expect(machine.run("return 1")).toEqual([1]);
  });

  it("raises in Lua what the host throws, where pcall can catch it", () => {
    machine.onCall(() => {
      throw new Error("no data to send");
    });
    expect(machine.run("return pcall(__js)")).toEqual([false, "no data to send"]);
    expect(() => machine.run("__js()")).toThrow(/^no data to send$/);
  });

  it("refuses to hand over what is no plain value", () => {
    machine.onCall(() => 1);
    expect(machine.run("return pcall(__js, {})")[0]).toBe(false);
    expect(machine.run("return {}, print, 1")).toEqual([undefined, undefined, 1]);
  });
});

describe("Lua 5.1's limit of memory", () => {
  it("raises 'not enough memory', which a program survives", async () => {
    const machine = await MACHINES[0]![1]();
    const { setMemoryMax, memory } = machine;
    const before = memory!();
    expect(before).toBeGreaterThan(1000);
    setMemoryMax!(before + 20000);
    const hog = "local t = {} for i = 1, 1e6 do t[i] = i end";
    expect(() => machine.run(hog)).toThrow("not enough memory");
    expect(machine.run(`return (pcall(function() ${hog} end))`)).toEqual([false]);
    machine.onCall(() => "x".repeat(100000));
    expect(machine.run("return pcall(__js)")).toEqual([false, "not enough memory"]);
    setMemoryMax!(undefined);
    expect(machine.run("return 1")).toEqual([1]);
    machine.close();
  });
});

describe("Lua 5.3's integers", () => {
  it("wrap at 32 bits, as NodeMCU's do", async () => {
    const machine = await MACHINES[1]![1]();
    expect(machine.run("return 2147483647 + 1, 65535 * 65535")).toEqual([-2147483648, -131071]);
  });
});
