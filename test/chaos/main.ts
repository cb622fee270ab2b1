// SPDX-License-Identifier: MIT
// What tools and tests use of the simulator.

export { type Outcome, runScenario, runSeed } from "./run.js";
export { type Scenario, scenarioOf } from "./script.js";
export { kindOf, report, shrink } from "./shrink.js";
export { tapeInJavaScript, tapeInLua } from "./engines.js";
export { tapeOf } from "./tape.js";
