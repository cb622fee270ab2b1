// SPDX-License-Identifier: MIT
// `import { configRead, gatewayRun } from "ringlet-gateway"`: the gateway inside another program.

export { type Config, ConfigError, configFrom, configRead } from "./config.js";
export { gatewayRun, type Running } from "./run.js";
export type { Health } from "./health.js";
export type { Log } from "./world.js";
