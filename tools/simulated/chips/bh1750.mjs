// SPDX-License-Identifier: MIT
// A virtual BH1750FVI (ROHM 11046EDT01): one-time and continuous measurements of high resolution.

import { refuse, within, words } from "./octets.mjs";

export function create(world) {
  let count = 0;
  let due = -1;
  function settle() {
    if (due < 0 || world.now() < due) return;
    due = -1;
    count = within(world.value("illuminance") * 1.2, 0, 65535);
  }
  return {
    write: (octets) => {
      settle();
      const command = octets.charCodeAt(0);
      if (command === 0x20 || command === 0x10) due = world.now() + 120;
      else if (command === 0x07) count = 0;
      else if (command > 1) refuse();
    },
    read: (length) => {
      settle();
      return words([count]).slice(0, length);
    },
  };
}
