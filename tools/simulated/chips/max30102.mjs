// SPDX-License-Identifier: MIT
// A virtual MAX30102 (Maxim 19-7740) with a finger on it whose heart beats `pulse` times a minute: each
// beat takes some of the light. Samples come at the rate and mean that it was set to; its FIFO holds 32.

const DEPTH = 32;
const RATES = [50, 100, 200, 400, 800, 1000, 1600, 3200];

export function create(world) {
  let registers = [];
  let pointer = 0;
  /** Samples taken since the FIFO began, and when that was. */
  let taken = 0;
  let read = 0;
  let since = 0;
  function reset() {
    registers = [];
    for (let at = 0; at < 256; at++) registers[at] = 0;
    registers[0xff] = 0x15;
    taken = read = 0;
    since = world.now();
  }
  const period = () =>
    (1000 * Math.pow(2, Math.min(registers[8] >> 5, 5))) / RATES[(registers[10] >> 2) & 7];

  function settle() {
    if ((registers[9] & 0x87) === 3) taken = Math.floor((world.now() - since) / period());
    if (taken - read > DEPTH) {
      registers[5] = Math.min(31, taken - read - DEPTH);
      // With roll-over the oldest are gone.
      if (registers[8] & 0x10) read = taken - DEPTH;
    }
    registers[4] = taken % DEPTH;
    registers[6] = read % DEPTH;
  }

  /** Light that comes back at a beat: a quick fall, a slow rise. */
  function sample(number) {
    const seconds = (since + number * period()) / 1000;
    const phase = (seconds * world.value("pulse")) / 60;
    const part = phase - Math.floor(phase);
    const dip = part < 0.15 ? part / 0.15 : 1 - (part - 0.15) / 0.85;
    return [90000 - 700 * dip, 120000 - 2000 * dip];
  }
  const three = (value) => String.fromCharCode((value >> 16) & 3, (value >> 8) & 255, value & 255);

  reset();
  return {
    write: (octets) => {
      settle();
      pointer = octets.charCodeAt(0);
      for (let at = 1; at < octets.length; at++) {
        const register = pointer + at - 1;
        const value = octets.charCodeAt(at);
        if (register === 9 && value & 0x40) reset();
        else registers[register] = value;
        // The pointers are set: the FIFO begins anew.
        if (register === 6) {
          taken = read = 0;
          since = world.now();
        }
      }
    },
    read: (count) => {
      settle();
      if (pointer !== 7) {
        let octets = "";
        for (let at = 0; at < count; at++) {
          octets += String.fromCharCode(registers[(pointer + at) & 255]);
        }
        return octets;
      }
      let octets = "";
      while (octets.length < count) {
        const both = sample(read);
        octets += three(Math.round(both[0])) + three(Math.round(both[1]));
        if (read < taken) read += 1;
      }
      registers[5] = 0;
      return octets.slice(0, count);
    },
  };
}
