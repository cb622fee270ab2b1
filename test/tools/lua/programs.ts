// SPDX-License-Identifier: MIT
// Random Lua: expressions in full parentheses, and programs of nested scopes whose few names hide
// each other, that hand what they compute to `put`. Every program ends: calls and loops use `fuel`.
import fc from "fast-check";

const pick = (...texts: string[]) => fc.constantFrom(...texts);
const join = (separator: string, list: fc.Arbitrary<string>, maxLength = 3) =>
  fc.array(list, { minLength: 1, maxLength }).map((items) => items.join(separator));
const shape = (parts: TemplateStringsArray, ...holes: fc.Arbitrary<string>[]) =>
  fc.tuple(...holes).map((texts) => String.raw({ raw: parts }, ...texts));

/** Numbers of any kind with `i`, `j`, `k`; integers with constants that fold; texts; truths. */
const expressions = fc.letrec<Record<"number" | "integer" | "text" | "truth", string>>((tie) => ({
  number: fc.oneof(
    { maxDepth: 5 },
    pick("i", "j", "k", "2", "3", "0.5"),
    shape`(${tie("number")}${pick("+", "-", "*", "/", "%", "^")}${pick("i", "j", "k")})`,
    shape`(${tie("number")}${pick("*", "/", "^")}${tie("number")})`,
    shape`(-${tie("number")})`,
    shape`(#${tie("text")}*${tie("number")})`,
  ),
  integer: fc.oneof(
    { maxDepth: 6 },
    pick("i", "j", "k", "1", "7", "0x10", "(-3)"),
    shape`(${tie("integer")}${pick("+", "-")}${pick("1", "2", "300", "(-1)")})`,
    shape`(${tie("integer")}${pick("+", "-", "*")}${tie("integer")})`,
    shape`(-${tie("integer")})`,
    shape`math.floor(${tie("integer")}/2)`,
  ),
  text: fc.oneof(
    { maxDepth: 5 },
    pick("s", '"a"', "'\"'", '"\\0012"', "3 ", "[[x\\n]]"),
    shape`(${tie("text")}..${tie("text")})`,
    shape`tostring(${tie("truth")})`,
    shape`("x"..s):rep(${pick("1", "2")})`,
  ),
  truth: fc.oneof(
    { maxDepth: 5 },
    pick("true", "false", "(i==j)"),
    shape`(${tie("number")}${pick("<", "<=", ">", ">=", "==", "~=")}${tie("number")})`,
    shape`(not${pick(" ")}${tie("truth")})`,
    shape`(${tie("truth")}${pick(" and ", " or ", "==", "~=")}${tie("truth")})`,
  ),
}));

export const expression: fc.Arbitrary<string> = fc.oneof(
  expressions.number,
  expressions.integer,
  expressions.text,
  expressions.truth,
);

export const EXPRESSION_PREFIX = 'local i, j, k, s = 5, -3, 7, "txt" ';

const name = pick("x", "y", "z", "w");
/** A return has to end its block. */
const closed = (text: string) => (text.includes("return") ? `do ${text} end ` : text);
/** The two ways to give a variable its value that a choice is written with. */
const twice = (a: fc.Arbitrary<string>, b: fc.Arbitrary<string>) =>
  fc.tuple(name, a, b).map(([variable, x, y]) => `${variable}=${x} else ${variable}=${y}`);

const programs = fc.letrec<Record<"value" | "statement" | "block", string>>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    name,
    pick("true", "false"),
    shape`num(${name})${pick("==", "~=", "<", ">=")}num(${name})`,
    shape`not${pick(" ")}${tie("value")}`,
    pick("1", "nil", "two()", "(two())", "t.x", 't["y"]', "t.inner", "-1", "'x'"),
    shape`num(${name})+1${pick("", "-1", "+2", "-3")}`,
    shape`num(${tie("value")})-(num(${tie("value")})-1)`,
    shape`str(${name})..(str(${tie("value")}).."-")..str(${name})`,
    shape`{${join(",", tie("value"))}}`,
    shape`function(${pick("x", "x,y", "...", "x,...")})${tie("block")} end`,
    shape`call(${join(",", tie("value"))})`,
    shape`string.byte(str(${name}))`,
    shape`{x=${tie("value")},["y"]=${tie("value")},z=2}`,
  ),
  statement: fc.oneof(
    { maxDepth: 4 },
    shape`local ${join(",", name)} `,
    shape`local ${join(",", name)}=${join(",", tie("value"))} `,
    shape`local ${name}=${tie("value")} local ${name}=${tie("value")} `,
    shape`${name}=${tie("value")} `,
    shape`local ${name} if ${tie("value")} then ${twice(tie("value"), tie("value"))} end `,
    shape`local x=${tie("value")} ${pick("return x", "local z=x", "z=x", "put(x)", "call(z,x)", "y=x..str(z)")} `.map(
      closed,
    ),
    shape`local x=y local z=${tie("value")} ${pick("return call(x,z)", "put(num(x)+z)", "x(z)", "put(x,z,y)", "if x then put(z) end")} `.map(
      closed,
    ),
    shape`if ${tie("value")} then z=${tie("value")} else z=${tie("value")} end `,
    shape`do if ${tie("value")} then return ${tie("value")} end return ${tie("value")} end `,
    shape`do if ${tie("value")} then return ${tie("value")} else return ${tie("value")} end end `,
    shape`${name},${name}=${tie("value")},${tie("value")} `,
    shape`t.${pick("x", "y", "inner")}=${tie("value")} `,
    shape`put(${join(",", tie("value"))})`,
    shape`put(${name}) `,
    shape`z=z;(call)(${tie("value")}) `,
    shape`do ${tie("block")} end `,
    shape`local function ${name}(${pick("", "x", "z,w", "x,...")})${tie("block")} end `,
    shape`function ${name}(${pick("", "y")})${tie("block")} end `,
    shape`if ${tie("value")} then ${tie("block")} elseif ${name} then ${tie("block")} else ${tie("block")} end `,
    shape`for ${name}=1,2 do ${tie("block")} end `,
    shape`for ${name},${name} in ipairs{1,2} do ${tie("block")} end `,
    shape`while burn() do ${tie("block")} end `,
    shape`repeat do ${tie("block")} end local x=burn() until not x `,
  ),
  block: fc.oneof(
    { maxDepth: 5 },
    fc.constant("put(x,y)"),
    join("", tie("statement"), 4),
    shape`${join("", tie("statement"), 3)}return ${join(",", tie("value"))}`,
  ),
}));

export const program: fc.Arbitrary<string> = join("", programs.statement, 8);

/** Defines what programs use; `run(text)` then gives all they did, as one string. */
export const PROGRAM_PREFIX = `
  local load = loadstring or load
  function run(text)
    local out, fuel = {}, 60
    local function show(v)
      if type(v) == "table" then
        local sum = "{"
        for at = 1, 3 do sum = sum .. show(v[at]) .. "," end
        return sum .. "}"
      end
      return type(v) == "function" and "f" or tostring(v)
    end
    function burn() fuel = fuel - 1 return fuel > 0 end
    function put(...)
      if not burn() then error("empty") end
      for at = 1, select("#", ...) do out[#out + 1] = show((select(at, ...))) end
      out[#out + 1] = ";"
    end
    function call(f, ...) if type(f) == "function" and burn() then return f(...) end end
    function two() return 10, 20 end
    function num(v) return type(v) == "number" and v or 4 end
    function str(v) return type(v) == "string" and #v < 20 and v or "s" end
    x, y, z, w, t = 1, nil, "g", nil, { far = 3 }
    local chunk, problem = load(text)
    if not chunk then return problem end
    local ok = pcall(chunk)
    for _, v in ipairs{ok, x or "-", y or "-", z or "-", w or "-", t.far or "-"} do
      out[#out + 1] = show(v)
    end
    return table.concat(out, " ")
  end`;
