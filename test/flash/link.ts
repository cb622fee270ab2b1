// SPDX-License-Identifier: MIT
// A link for tests: two ends, and a port that vanishes behind an octet that the test chooses.

export interface FakeLink {
  name: string;
  write: (octets: Buffer) => Promise<void>;
  onData: (handler: (octets: Buffer) => void) => void;
  onClose: (handler: (reason: string) => void) => void;
  close: () => void;
  /** The board's end. */
  says: (text: string) => void;
  vanish: () => void;
  /** What has come through. */
  through: () => string;
}

/**
 * @param hears gets each octet, unless the port has vanished
 * @param limit octets that come through before the port vanishes
 */
export function linkOpen(hears: (octet: string) => void, limit = Infinity): FakeLink {
  let onData: (octets: Buffer) => void = () => {};
  let onClose: (reason: string) => void = () => {};
  let through = "";
  let isGone = false;
  const vanish = () => {
    if (isGone) return;
    isGone = true;
    setImmediate(() => onClose("it was unplugged"));
  };
  return {
    name: "/dev/ttyFAKE",
    async write(octets) {
      for (const octet of octets.toString("latin1")) {
        if (isGone) return;
        if (through.length === limit) return vanish();
        through += octet;
        hears(octet);
      }
      // What the board says meanwhile comes before the next octets leave.
      await new Promise((resolve) => setImmediate(resolve));
    },
    onData: (handler) => void (onData = handler),
    onClose: (handler) => void (onClose = handler),
    close: vanish,
    says(text) {
      if (!isGone) setImmediate(() => isGone || onData(Buffer.from(text, "latin1")));
    },
    vanish,
    through: () => through,
  };
}

/** In what has come through: before each line's end, and behind it. */
export function cutsOf(through: string): number[] {
  const cuts = [0];
  let start = 0;
  for (let at = through.indexOf("\n"); at >= 0; at = through.indexOf("\n", start)) {
    cuts.push(at, at + 1);
    start = at + 1;
  }
  return cuts;
}
