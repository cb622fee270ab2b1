// SPDX-License-Identifier: MIT
// A terminal device, by what Node has itself: USB without a speed, a pseudo-terminal, a port that `stty` has set.

import { constants, openSync } from "node:fs";
import { ReadStream, WriteStream } from "node:tty";
import type { Dial } from "./stream.js";

const { O_RDWR, O_NOCTTY, O_NONBLOCK } = constants;

export const ttyDial =
  (path: string): Dial =>
  async ({ data, closed }) => {
    // Two descriptors: each of Node's streams closes its own.
    const input = new ReadStream(openSync(path, O_RDWR | O_NOCTTY | O_NONBLOCK));
    const output = new WriteStream(openSync(path, O_RDWR | O_NOCTTY | O_NONBLOCK));
    let isClosed = false;
    const close = () => {
      if (isClosed) return;
      isClosed = true;
      input.destroy();
      output.destroy();
      closed();
    };
    // No echo, no line editing: octets as they are.
    input.setRawMode(true);
    input.on("data", data);
    for (const stream of [input, output]) stream.on("error", close).on("close", close);
    return { write: (bytes) => output.write(bytes), waiting: () => output.writableLength, close };
  };
