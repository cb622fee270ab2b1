// SPDX-License-Identifier: MIT
// What a command may print of what it was given.

/** Without what stands in front of an @, where a URL has user and password. */
export const hidden = (text) => String(text).replace(/[^]*@/, "…@");
