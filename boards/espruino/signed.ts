// SPDX-License-Identifier: MIT
// `require("ringlet-signed")`: the whole client and message authentication in one module.

export { open, sign, verify } from "./auth.js";
export { connect, text } from "./module.js";
