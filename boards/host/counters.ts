// SPDX-License-Identifier: MIT
// Counters of message authentication in files: two copies for a node, as on every board; a journal for
// the side that nodes talk to, which accepts many messages and keeps a counter for each topic.

import { appendFileSync, existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { Status } from "../../src/status.js";
import type { Counters } from "../hal.js";

/** The journal is written anew after so many lines. */
const LINES = 10000;

/** A node's counters in the files `<file>0` and `<file>1`. */
export function countersIn(file: string): Counters {
  return {
    read(copy) {
      try {
        return JSON.parse(readFileSync(`${file}${copy}`, "utf8"));
      } catch {
        // Not there, or not written to its end.
        return undefined;
      }
    },
    write(copy, counters) {
      try {
        writeFileSync(`${file}${copy}`, JSON.stringify(counters));
        return Status.OK;
      } catch {
        return Status.STORE_FAILED;
      }
    },
  };
}

/** Counters by name that only grow, each growth one line of a file. */
export class Journal {
  #counters = new Map<string, number>();
  #lines = 0;
  readonly #file: string;

  /** Reads the file, if there is one. Throws what the file system says where it cannot. */
  constructor(file: string) {
    this.#file = file;
    if (!existsSync(file)) return;
    for (const line of readFileSync(file, "utf8").split("\n")) {
      const [name, counter] = parse(line);
      if (name !== undefined) this.#counters.set(name, counter);
    }
    this.#rewrite();
  }

  get(name: string): number {
    return this.#counters.get(name) ?? 0;
  }

  /** STORE_FAILED when it cannot be kept; then it is what it was. */
  set(name: string, counter: number): Status {
    try {
      appendFileSync(this.#file, `${JSON.stringify([name, counter])}\n`);
      this.#counters.set(name, counter);
      this.#lines += 1;
      if (this.#lines >= LINES + this.#counters.size) this.#rewrite();
      return Status.OK;
    } catch {
      return Status.STORE_FAILED;
    }
  }

  /** One line a name, in a new file that takes the old one's place. */
  #rewrite(): void {
    const lines = [...this.#counters].map((entry) => `${JSON.stringify(entry)}\n`);
    writeFileSync(`${this.#file}.new`, lines.join(""));
    renameSync(`${this.#file}.new`, this.#file);
    this.#lines = lines.length;
  }
}

/** A line; nothing for one that was not written to its end. */
function parse(line: string): [string, number] | [undefined, 0] {
  try {
    return JSON.parse(line);
  } catch {
    return [undefined, 0];
  }
}
