// SPDX-License-Identifier: MIT
// Espruino's timers over Node's. An id is one more than the highest in use, so ids come back as soon
// as timers are gone: who clears a timer that has already fired may hit somebody else's. A timer
// that fires still holds its id.

/**
 * @param {{ Error: any }} realm errors of the context
 * @param {(code: string | Function, args: unknown[]) => void} execute runs a callback, and reports
 *   what it throws
 */
export function createTimers(realm, execute) {
  /** @type {Map<number, { node: NodeJS.Timeout, every: number | undefined, step: () => void }>} */
  const timers = new Map();

  function arm(timer, ms) {
    clearTimeout(timer.node);
    timer.node = setTimeout(timer.step, ms);
  }

  function open(code, ms, every, args) {
    if (typeof code !== "function" && typeof code !== "string") {
      throw new realm.Error("Function or String not supplied!");
    }
    const wait = ms >= 0.1 ? ms : 0.1;
    const id = Math.max(0, ...timers.keys()) + 1;
    /** @type {any} */
    const timer = { node: undefined, every: every ? wait : undefined };
    timer.step = () => {
      execute(code, args);
      if (timers.get(id) !== timer) return;
      if (timer.every === undefined) timers.delete(id);
      else arm(timer, timer.every);
    };
    timers.set(id, timer);
    arm(timer, wait);
    return id;
  }

  function close(kind, args) {
    if (args.length === 0) return stop();
    if (args[0] === undefined) {
      throw new realm.Error(`clear${kind}(undefined) not allowed. Use clear${kind}() instead`);
    }
    clearTimeout(timers.get(args[0])?.node);
    timers.delete(args[0]);
  }

  /** Ends all timers. */
  function stop() {
    for (const { node } of timers.values()) clearTimeout(node);
    timers.clear();
  }

  const globals = {
    setTimeout: (code, ms, ...args) => open(code, ms, false, args),
    setInterval: (code, ms, ...args) => open(code, ms, true, args),
    clearTimeout: (...args) => close("Timeout", args),
    clearInterval: (...args) => close("Interval", args),
    changeInterval(id, ms) {
      const timer = timers.get(id);
      if (!timer) throw new realm.Error("Unknown Interval");
      // Also a timeout becomes an interval by this.
      timer.every = ms >= 0.1 ? ms : 0.1;
      arm(timer, timer.every);
    },
  };
  return { globals, stop };
}
