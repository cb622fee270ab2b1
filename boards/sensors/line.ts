// SPDX-License-Identifier: MIT
// Calibration by straight lines, in whole numbers.

import { over } from "./sensor.js";

/** Where `x`, between `x0` and `x1`, lies between `y0` and `y1`, rounded. */
export function alongLine(x: number, x0: number, x1: number, y0: number, y1: number): number {
  return y0 + over((x - x0) * (y1 - y0) + over(x1 - x0, 2), x1 - x0);
}
