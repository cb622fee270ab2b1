// SPDX-License-Identifier: MIT
// The firmware's event loop: handlers are never called by the code that causes an event, but from a
// queue, which is worked off between two turns of that loop. An error in a handler ends the handler
// and nothing else. Events of the host's sockets, pins and Wi-Fi all go through here.

/**
 * @param {{ TypeError: any }} realm the errors of the context that handlers run in
 * @param {(error: unknown) => void} report gets what handlers throw
 */
export function createEvents(realm, report) {
  /** @type {WeakMap<object, Map<string, Function[]>>} */
  const listeners = new WeakMap();
  /** @type {{ target: unknown, handlers: Function[], args: unknown[] }[]} */
  let queue = [];
  /** What wants a look at every turn: one step for each open socket. @type {Set<() => void>} */
  const steps = new Set();
  /** @type {NodeJS.Immediate | undefined} */
  let turn;

  /** Runs `step`; what it throws is reported. */
  function guard(step) {
    try {
      step();
    } catch (error) {
      report(error);
    }
  }

  function runTurn() {
    turn = undefined;
    for (const step of [...steps]) guard(step);
    while (queue.length > 0) {
      const { target, handlers, args } = /** @type {any} */ (queue.shift());
      call(target, handlers, args);
    }
  }

  /** Asks for a turn of the loop. */
  function wake() {
    turn ??= setImmediate(runTurn);
  }

  /** Calls handlers now: for data, which the firmware does not queue. */
  function call(target, handlers, args) {
    for (const handler of handlers) guard(() => handler.apply(target, args));
  }

  /** @param {object} target @param {string} name @returns {Function[]} */
  const handlersOf = (target, name) => listeners.get(target)?.get(name) ?? [];

  /** Queues calls of the handlers there are now: taking them off later does not stop the event. */
  function queueCalls(target, handlers, args) {
    queue.push({ target, handlers, args });
    wake();
  }

  /** Queues an event, if anybody listens. */
  function emit(target, name, ...args) {
    const handlers = handlersOf(target, name);
    if (handlers.length > 0) queueCalls(target, handlers, args);
  }

  function add(target, name, handler, first) {
    if (typeof name !== "string") throw new realm.TypeError("First argument must be String");
    if (typeof handler !== "function") {
      throw new realm.TypeError("Second argument must be a function or a String");
    }
    const own = listeners.get(target) ?? new Map();
    const before = own.get(name) ?? [];
    // A new list: a handler that is added by a handler of the same event misses this event.
    own.set(name, first ? [handler, ...before] : [...before, handler]);
    listeners.set(target, own);
    wake();
  }

  /** What every object of the firmware has. */
  const methods = {
    on(name, handler) {
      add(this, name, handler, false);
    },
    addListener(name, handler) {
      add(this, name, handler, false);
    },
    prependListener(name, handler) {
      add(this, name, handler, true);
    },
    emit(name, ...args) {
      emit(this, name, ...args.slice(0, 4));
      if (args.length > 4) throw new realm.TypeError("Too many arguments (>4)");
    },
    removeListener(name, handler) {
      const handlers = handlersOf(this, name);
      // In place: this one does reach events that wait in the queue.
      if (handlers.includes(handler)) handlers.splice(handlers.indexOf(handler), 1);
    },
    removeAllListeners(name) {
      if (name === undefined) listeners.delete(this);
      else listeners.get(this)?.delete(name);
    },
  };

  /** Forgets what is queued. */
  function stop() {
    if (turn) clearImmediate(turn);
    turn = undefined;
    queue = [];
    steps.clear();
  }

  return { call, emit, guard, handlersOf, methods, queueCalls, steps, stop, wake };
}
