// SPDX-License-Identifier: MIT
// Pins: what a program wrote can be read by a test, and what a test puts on a pin is read by the
// program and wakes its watches. On Espruino a pin is a number, here it is an object; nothing
// electrical and no PWM is simulated: what `analogWrite` is given is kept as the pin's level.

const NAMES = [
  ...Array.from({ length: 40 }, (_, index) => `D${index}`),
  ...Array.from({ length: 8 }, (_, index) => `A${index}`),
  ...["LED1", "LED2", "BTN1"],
];

/**
 * @param {ReturnType<typeof import("./events.mjs").createEvents>} events
 * @param {any} realm built-in objects of the context
 * @param {{ analog: (pin: string) => number, onMode: (pin: string, mode: string) => void,
 *   onWrite: (pin: string, level: number) => void, now: () => number }} world
 */
export function createPins(events, realm, { analog, onMode, onWrite, now }) {
  /** What a test sees. @type {Record<string, any>} */
  const pins = {};
  /** What the program has. @type {Record<string, object>} */
  const globals = {};
  /** @type {Map<number, any>} */
  const watches = new Map();

  /** @param {number} [time] when it was, if not now */
  function change(pin, value, time = now()) {
    const level = value ? 1 : 0;
    if (pin.value === level) return;
    pin.value = level;
    for (const [id, watch] of [...watches]) {
      if (watch.pin !== pin) continue;
      const edge = level ? "rising" : "falling";
      const told = { state: level === 1, time, lastTime: watch.lastTime, pin: globals[pin.name] };
      watch.lastTime = time;
      if (watch.edge !== "both" && watch.edge !== edge) continue;
      if (!watch.repeat) watches.delete(id);
      events.queueCalls(undefined, [watch.callback], [Object.assign(new realm.Object(), told)]);
    }
  }

  /** The program writes. */
  function drive(pin, value) {
    change(pin, value);
    onWrite(pin.name, pin.value);
  }

  const pinOf = (pin) => pins[String(pin)] ?? { name: String(pin), value: 0, mode: "auto" };

  for (const name of NAMES) {
    const pin = { name, value: 0, mode: "auto", input: (value, time) => change(pin, value, time) };
    pins[name] = pin;
    globals[name] = Object.assign(new realm.Object(), {
      set: () => drive(pin, 1),
      reset: () => drive(pin, 0),
      write: (value) => drive(pin, value),
      read: () => pin.value === 1,
      toggle: () => (drive(pin, !pin.value), pin.value === 1),
      analog: () => analog(name),
      mode: (mode) => void (pin.mode = mode),
      getMode: () => pin.mode,
      toString: () => name,
      toJSON: () => name,
    });
  }

  const functions = {
    /** By its name; undefined where there is none. */
    Pin: (name) => globals[String(name)],
    digitalWrite(pin, value) {
      // Of a list the last pin is the lowest bit.
      const list = Array.isArray(pin) ? [...pin].reverse() : [pin];
      list.forEach((one, bit) => drive(pinOf(one), list.length > 1 ? (value >> bit) & 1 : value));
    },
    digitalRead(pin) {
      if (!Array.isArray(pin)) return pinOf(pin).value;
      return pin.reduce((bits, one) => bits * 2 + pinOf(one).value, 0);
    },
    analogRead: (pin) => analog(String(pin)),
    analogWrite: (pin, value) => void (pinOf(pin).value = value),
    pinMode(pin, mode) {
      pinOf(pin).mode = mode;
      onMode(String(pin), mode);
    },
    getPinMode: (pin) => pinOf(pin).mode,
    setWatch(callback, pin, options) {
      const how = typeof options === "object" ? options : { repeat: options };
      const { repeat = false, edge = repeat ? "both" : "rising" } = how ?? {};
      const id = Math.max(0, ...watches.keys()) + 1;
      watches.set(id, { callback, pin: pinOf(pin), repeat, edge, lastTime: now() });
      return id;
    },
    clearWatch: (...id) => void (id.length > 0 ? watches.delete(id[0]) : watches.clear()),
  };
  return { pins, globals: { ...globals, ...functions }, stop: () => watches.clear() };
}
