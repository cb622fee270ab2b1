// SPDX-License-Identifier: MIT
// A virtual HX711 with a load cell: `mass` kilograms are `perKilogram` counts each. Its data pin is told
// by `data(level)`; `clock(level)` is its clock pin. A measurement takes 100 ms; a clock that stays high
// for 60 µs puts it to sleep, which is left out.

export function create(world, perKilogram, data) {
  let due = world.now() + 400;
  let raw = 0;
  /** Clocks of the reading under way; below 0 before the measurement is there. */
  let clocks = -1;
  let level = 0;
  function settle() {
    if (clocks >= 0 || world.now() < due) return;
    raw = Math.round(world.value("mass") * perKilogram) & 0xffffff;
    clocks = 0;
    data(0);
  }
  data(1);
  return {
    /** Looks at the time: its data pin goes down by itself. */
    settle: settle,
    clock: (now) => {
      settle();
      const isRising = now > 0 && level < 1;
      level = now;
      if (!isRising || clocks < 0) return;
      clocks += 1;
      if (clocks <= 24) data((raw >> (24 - clocks)) & 1);
      else {
        // The next measurement has begun.
        data(1);
        clocks = -1;
        due = world.now() + 100;
      }
    },
  };
}
