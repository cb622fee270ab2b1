// SPDX-License-Identifier: MIT
// Timers for the ports of NodeMCU. An error that left a handler of the firmware would restart the board:
// what a driver's program raises is printed instead.

/** Calls a step; what it raises is printed. */
export function guarded(
  step: (this: void, a: any, b: any, c: any) => void,
  a: unknown,
  b?: unknown,
  c?: unknown,
): void {
  const [isDone, reason] = pcall(step, a, b, c);
  if (!isDone) print(reason);
}

export function after<T>(
  step: (this: void, record: T) => void,
  ms: number,
  record: T,
): NodemcuTimer {
  const timer = tmr.create();
  // 0 is no time of a timer.
  timer.alarm(ms < 1 ? 1 : ms, tmr.ALARM_SINGLE, () => guarded(step, record));
  return timer;
}
