// SPDX-License-Identifier: MIT
// Runs a program on a real Espruino interpreter and gathers what it reports. A program reports with
// `report({…})` and ends with `report({ done: true })`; banner and prompt are not listened to.

import { spawn } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";

/** In front of every program. */
const PRELUDE = `
var report = function(o) { print("=" + JSON.stringify(o) + "="); };
var middle = function(a) { a.sort(function(x, y) { return x - y; }); return a[a.length >> 1]; };
`;

/**
 * Runs `program` in `folder`, where its Storage is kept as well.
 * @returns {Promise<object>} all that was reported, in one record
 */
export function interpret(binary, folder, program, ms = 60000) {
  writeFileSync(join(folder, "program.js"), PRELUDE + program);
  // Its standard input stays open: at the end of it the interpreter would leave.
  const child = spawn(binary, ["program.js"], { cwd: folder, stdio: ["pipe", "pipe", "pipe"] });
  const reported = {};
  let said = "";
  let open = "";
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => fail(`did not end within ${ms / 1000} s`), ms);
    const fail = (why) => {
      clearTimeout(timer);
      child.kill("SIGKILL");
      reject(new Error(`Espruino ${why}; it said last:\n${said.slice(-600)}`));
    };
    const hear = (text) => {
      said += text;
      const lines = (open + text).split("\n");
      open = lines.pop();
      for (const line of lines) {
        const match = /=(\{.*\})=/.exec(line);
        if (match) Object.assign(reported, JSON.parse(match[1]));
      }
      // What it says about it comes behind.
      if (/Uncaught|LOW_MEMORY/.test(said)) setTimeout(fail, 100, "reported an error");
      else if (reported.done) {
        clearTimeout(timer);
        child.kill("SIGKILL");
        resolve(reported);
      }
    };
    child.stdout.setEncoding("latin1").on("data", hear);
    child.stderr.setEncoding("latin1").on("data", hear);
    child.on("error", (error) => fail(error.message));
    child.on("exit", () => {
      if (!reported.done) fail("ended early");
    });
  });
}
