// SPDX-License-Identifier: MIT
// A virtual DHT22 (AM2302): the five octets it sends, and the pulses that carry them: 50 µs low before
// each bit, then 27 µs high for 0 and 70 for 1.

export function create(world) {
  const octets = () => {
    const humidity = Math.round(world.value("humidity") * 10);
    const celsius = Math.round(world.value("temperature") * 10);
    const size = Math.abs(celsius) + (celsius < 0 ? 32768 : 0);
    const list = [humidity >> 8, humidity & 255, size >> 8, size & 255];
    const sum = list[0] + list[1] + list[2] + list[3];
    return String.fromCharCode(list[0], list[1], list[2], list[3], sum & 255);
  };
  return {
    octets: octets,
    /** Calls `edge(level, seconds)` for each change of the line from `seconds` on. */
    pulses: (edge, seconds) => {
      const sent = octets();
      let now = seconds;
      const pulse = (us) => {
        edge(0, now);
        now += 0.00005;
        edge(1, now);
        now += us / 1000000;
      };
      pulse(80);
      for (let at = 0; at < sent.length; at++) {
        for (let bit = 7; bit >= 0; bit--) pulse((sent.charCodeAt(at) >> bit) & 1 ? 70 : 27);
      }
      edge(0, now);
      edge(1, now + 0.00005);
    },
  };
}
