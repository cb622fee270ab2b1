// SPDX-License-Identifier: MIT
// A virtual SHT3x-DIS: one measurement of high repeatability without clock stretching.

import { crc8, refuse, within, words } from "./octets.mjs";

const checked = (value) => {
  const word = words([within(value, 0, 65535)]);
  return word + String.fromCharCode(crc8(word, 0x31, 0xff));
};

export function create(world) {
  let due = -1;
  return {
    write: (octets) => {
      if (octets === "\x24\x00") due = world.now() + 15;
      else if (octets === "\x30\xa2") due = -1;
      else refuse();
    },
    // Until it is done it does not acknowledge, section 4.3.
    read: (count) => {
      if (due < 0 || world.now() < due) refuse();
      due = -1;
      const warm = ((world.value("temperature") + 45) * 65535) / 175;
      return (checked(warm) + checked((world.value("humidity") * 65535) / 100)).slice(0, count);
    },
  };
}
