// SPDX-License-Identifier: MIT
// What goes wrong while flashing and is somebody's to mend: one sentence or two that say what was
// expected and what to do. Anything else that is thrown is a fault of these tools.

export class Problem extends Error {}
