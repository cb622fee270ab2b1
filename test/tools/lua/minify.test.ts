// SPDX-License-Identifier: MIT
// The minifier: the traps of Lua's grammar one by one, and random texts that have to do the same
// before and after, on Lua 5.1 and on 5.3.
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
// @ts-ignore: the tools are JavaScript
import { minify as minifyText } from "../../../tools/lua/minify.mjs";
import { MACHINES, type Machine } from "./machines.js";
import { EXPRESSION_PREFIX, expression, program, PROGRAM_PREFIX } from "./programs.js";

interface Options {
  width?: number | undefined;
  fields?: RegExp | Set<string> | undefined;
  hoist?: readonly string[];
}
const minify: (text: string, options?: Options) => string = minifyText;

describe("the minifier", () => {
  it.each([
    // Precedence: `a*b/c` would be another number where numbers are integers.
    ["return a*(b/c)", "return a*(b/c)"],
    ["return (a*b)/c", "return a*b/c"],
    ["return a-(b-c), (a-b)-c", "return a-(b-c),a-b-c"],
    ["return (-a)^2, -(a^2), 2^(-a), (2^3)^2, 2^(3^2)", "return(-a)^2,-a^2,2^-a,(2^3)^2,2^3^2"],
    ["return not (a<b), (not a)==b", "return not(a<b),not a==b"],
    ["return not (a==b), not (a~=b)", "return a~=b,a==b"],
    ["return (a or b) and c, a or (b and c)", "return(a or b)and c,a or b and c"],
    ["return (a..b)==(c..d)", "return a..b==c..d"],
    ["return - - a, -(-1), not not a", "return- -a,- -1,not not a"],
    // Parentheses that cut to one value.
    ["return (f())", "return(f())"],
    ["return f((g()))", "return f((g()))"],
    ["return f(g( ) --[[)]] )", "return f(g())"],
    ["return {(f())}, {f()}", "return{(f())},{f()}"],
    ["return {x=(f())}, (f()), (f())", "return{x=f()},f(),(f())"],
    ["local a=(...) a(a) return (...)", "local a=...a(a)return(...)"],
    ["local a,b=(...) a(b)", "local a,b=(...)a(b)"],
    // Blocks that limit nothing.
    ["do f() end do local a=f() a(a) end g()", "f()do local a=f()a(a)end g()"],
    ["if f() then g() do local a=f() a(a) end end", "if f()then g()local a=f()a(a)end"],
    ["f() do return end g()", "f()do return end g()"],
    ["while f() do do break end g() end", "while f()do do break end g()end"],
    ["local a=f() g(a,a) do local a=2 f(a,a) end", "local a=f()g(a,a)local a=2 f(a,a)"],
    ["if not true then f() end g()", "g()"],
    // Concatenation.
    ['return ((a.."x").."y")..b', 'return a.."xy"..b'],
    ["return 3 ..x, x..3, x..3 ..y, 1.5 ..x", "return 3 ..x,x..3,x..3 ..y,1.5 ..x"],
    ["return x.. .5, x..(...)", "return x.. .5,x.. ..."],
    // Sums.
    ["return i + 1 - 1, i + 1 + 1, i - 1 - 2", "return i,i+2,i-3"],
    ["return i - -1, i + -1, 2 + 3, 2 - 3", "return i+1,i-1,5,-1"],
    ["return i + 2147483647 + 1", "return i+2147483647+1"],
    ["return (a/b + 1) - 1, 0.5 + 1 - 1", "return a/b+1-1,.5+1-1"],
    // Numbers keep their kind.
    ["return 0x10, 007, 2147483648, 0xFFFFFFFF", "return 16,7,2147483648,0xffffffff"],
    ["return 0.50, 3.0, 1e3, 1000000, 1E+10, 100.0", "return.5,3.,1e3,1000000,1e10,1e2"],
    ["return 1 or 2", "return 1 or 2"],
    // Strings.
    [`return 'a"b', "a'b", 'ab', [[a]]`, `return'a"b',"a'b","ab","a"`],
    ['return "\\0012", "\\1x", "\\n\\t", "\\255"', 'return"\\0012","\\1x","\\n\\t","\\255"'],
    ["return '\xe9\x7f'", 'return"\\233\\127"'],
    ['f("x") f({}) f("x", 1) f(("x"))', 'f"x"f{}f("x",1)f"x"'],
    // What must stay apart, and what need not.
    ["a=b ; (f)()", "a=b;f()".replace(";", " ")],
    ["a=b ; (f or g)()", "a=b;(f or g)()"],
    ["while f() do end (f or g)()", "while f()do end;(f or g)()"],
    ["if a then (f or g)() end", "if a then(f or g)()end"],
    ["return a - -b", "return a- -b"],
    ["return {[ [[x y]] ]=1, ['x']=2, ['end']=3}", 'return{["x y"]=1,x=2,["end"]=3}'],
    ['return t["x"], t["goto"], ("x").y', 'return t.x,t["goto"],("x").y'],
    // Locals.
    ["local x = 1 local y = 2 f(x, y)", "local a,b=1,2 f(a,b)"],
    ["local x = 1 local y = x f(x, y)", "local a=1 local b=a f(a,b)"],
    ["local x = f() local y f(x, y)", "local a=f()local b f(a,b)"],
    ["local x = f() local y = 1 f(x, y)", "local a,b=f(),1 f(a,b)"],
    ["local x = f() local y local z = g() f(x, y, z)", "local a,b,c=f(),nil,g()f(a,b,c)"],
    ["local x = nil local y = nil f(x, y)", "local a,b f(a,b)"],
    ["local x, y = f(), nil f(x, y)", "local a,b=f(),nil f(a,b)"],
    ["local x = 1 f(x) local y = 2 f(y)", "local a=1 f(a)local a=2 f(a)"],
    ["local x = 1 do local y = 2 f(y) end f(x)", "local a=1 do local a=2 f(a)end f(a)"],
    ["local x = 1 do local y = x f(x, y) end g()", "local a=1 do local b=a f(a,b)end g()"],
    ["local x = x f(x)", "local a=x f(a)"],
    ["local x = 1 f(x, a)", "local b=1 f(b,a)"],
    ["function t.u:m(v) return self, v end", "function t.u:m(a)return self,a end"],
    ["local function x() return x() end", "local function a()return a()end"],
    ["repeat local x = f() until x", "repeat local a=f()until a"],
    ["for i = 1, 2 do f(i) end for k, v in g() do f(k, v) end", undefined],
  ])("makes of %j", (text, expected) => {
    const short = expected ?? "for a=1,2 do f(a)end for a,b in g()do f(a,b)end";
    expect(minify(text)).toBe(short);
    expect(minify(short)).toBe(short);
  });

  it.each([
    // A choice whose first value Lua takes for true.
    ["local x if c then x = 1 else x = y end f(x, x)", "local a=c and 1 or y f(a,a)"],
    ["local x if c then x = y else x = 'n' end f(x, x)", 'local a=not c and"n"or y f(a,a)'],
    ["local x if a == b then x = y else x = 2 end f(x, x)", "local a=a~=b and 2 or y f(a,a)"],
    ["local x if a < b then x = y else x = 2 end return x", "return not(a<b)and 2 or y"],
    ["local x if not c then x = y else x = {} end return x", "return c and{}or y"],
    ["local x if c then x = y else x = z end f(x)", undefined],
    ["if c then return 1 end return y", "return c and 1 or y"],
    ["if c then return 1 else return a + 1 end", "return c and 1 or a+1"],
    ["if a == b then return true end return false", "return a==b"],
    ["if a == b then return false end return true", "return a~=b"],
    ["if a < b then return false end return c", "return not(a<b)and c"],
    ["if a < b then return c end return false", "return a<b and c"],
    ["if a < b then return true end return c", "return a<b or c"],
    ["if a < b then return c end return true", "return not(a<b)or c"],
    ["if c then return false end return true", "return not c and true or false"],
    ["if c then return d end return true", "return not c and true or d"],
    ["if c then return d end return e", undefined],
    ["if c then return 1 end return g()", undefined],
    ["if c then return g() end return 1", undefined],
    ["if c then return 1 elseif d then return 2 end return 3", undefined],
    // A variable that is used once, right after.
    ["local x = a return x", "return a"],
    ["local x = g() return x", "return(g())"],
    ["local x = g() return x, 1", "return g(),1"],
    ["local f = a f() local x = g() f(x)", "local a=a a()a((g()))"],
    ["local f function f() end local x = g() f(x, 1)", "local a function a()end a(g(),1)"],
    ["local f = a f = b local x = g() f(x)", undefined],
    ["local x = g() f(x)", undefined],
    ["local x = g() t = x + h()", "t=g()+h()"],
    ["local p, q = f, a local r = g() return p(q, r, b)", "local a,c=f,a return a(c,g(),b)"],
    ["local p = f local q = a local r = g() return p(q, r, b)", "return f(a,g(),b)"],
    ["local x = g() if x then f() end", "if g()then f()end"],
    ["local x = a return x + h()", undefined],
    ["local x = g() return h(f(), x)", undefined],
    ["local x = g() return a + x", undefined],
    ["local x = g() return c and x", undefined],
    ["local x = g() return function() return x end", undefined],
    ["local x = g() while x do f() end", undefined],
    ["local x = g() t[f()] = x", undefined],
    ["local x x = function() return x end f(x)", undefined],
  ])("takes variables out of %j", (text, expected) => {
    if (expected !== undefined) expect(minify(text)).toBe(expected);
    else expect(minify(text)).toMatch(/^local |^if .* then return.*return/);
  });

  it("renames fields it is told of, to names that no other field has", () => {
    const text = "t.long = {long = 1, other = 2, a = 3} f(t['other'], t:method(), t.long.a)";
    expect(minify(text, { fields: /^(long|other|method)$/ })).toBe(
      "t.b={b=1,c=2,a=3}f(t.c,t:d(),t.b.a)",
    );
    expect(minify(text, { fields: new Set(["long"]) })).toContain("t.b={b=1,other=2,a=3}");
  });

  it("reads a field of a library once where that is shorter", () => {
    const uses = "f(string.byte(a)) ".repeat(4);
    const short = minify(uses, { hoist: ["string.byte", "math.floor"] });
    expect(short).toBe(`local b=string.byte ${"f(b(a))".repeat(4)}`);
    expect(minify("f(string.byte(a))", { hoist: ["string.byte"] })).toBe("f(string.byte(a))");
    expect(minify(`string.byte=1 ${uses}`, { hoist: ["string.byte"] })).not.toContain("local");
    expect(minify(`local string=q ${uses}`, { hoist: ["string.byte"] })).toBe(
      minify(`local string=q ${uses}`),
    );
    expect(minify("type(type(type(type(type(type(1))))))", { hoist: ["type"] })).toBe(
      "local a=type a(a(a(a(a(a(1))))))",
    );
  });

  it("does not go beyond 50 local variables to save octets", () => {
    const names = Array.from({ length: 50 }, (_, index) => `v${index}`);
    const uses = "f(string.byte(a)) ".repeat(9);
    const text = (count: number) => `local ${names.slice(0, count).join(",")}=g() ${uses}`;
    expect(minify(text(49), { hoist: ["string.byte"] })).not.toMatch(/string\.byte.*string\.byte/);
    expect(minify(text(50), { hoist: ["string.byte"] })).toMatch(/string\.byte.*string\.byte/);
  });

  it("breaks lines between tokens, never before a parenthesis that calls", () => {
    const text = `f(a,"some text with ( and spaces",b)g(c)(d)(e) `.repeat(5);
    const lines = minify(text, { width: 34 }).split("\n");
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(34);
    expect(lines.some((line) => line.startsWith("("))).toBe(false);
    expect(minify(lines.join("\n"))).toBe(minify(text));
    expect(() => minify(`f("${"x".repeat(40)}")`, { width: 34 })).toThrow("longer than 34");
  });

  it("refuses what is no Lua 5.1", () => {
    for (const text of ["goto x", "a = 1 // 2", "a = 1 & 2", "local ="]) {
      expect(() => minify(text)).toThrow();
    }
  });
});

describe.each(MACHINES)("random texts on %s", (_name, open) => {
  let machine: Machine;
  beforeAll(async () => void (machine = await open()));
  afterAll(() => machine.close());

  it("expressions give the same value", () => {
    const value = (text: string) => {
      machine.run(`${EXPRESSION_PREFIX}function value() return ${text} end`);
      const [isFine, shown] = machine.run("return pcall(function() return tostring(value()) end)");
      return isFine ? shown : "error";
    };
    const short = (text: string) => minify(`return ${text}`).replace("return", "");
    const property = fc.property(expression, (text) => {
      expect(value(short(text))).toBe(value(text));
    });
    fc.assert(property, { numRuns: 500 });
  });

  it("programs do the same", () => {
    machine.run(PROGRAM_PREFIX);
    const options = fc.record({
      width: fc.constantFrom(undefined, 40, 120),
      hoist: fc.constantFrom([], ["string.byte", "call", "num", "str", "put"]),
      fields: fc.constantFrom(undefined, /^inner$/),
    });
    const property = fc.property(program, options, (text, option) => {
      const short = minify(text, option);
      expect(machine.call("run", short)).toEqual(machine.call("run", text));
    });
    fc.assert(property, { numRuns: 200 });
  });
});
