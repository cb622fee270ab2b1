// SPDX-License-Identifier: MIT
// A serial port, by the package `serialport`. It is compiled for each system, so it is not a dependency: who
// needs it installs it.

import type { Dial } from "./stream.js";

/** What is used of the package. */
export interface SerialModule {
  SerialPort: new (options: { path: string; baudRate: number; autoOpen: boolean }) => {
    open: (done: (error: Error | null) => void) => void;
    write: (bytes: Buffer) => unknown;
    writableLength: number;
    close: () => void;
    on: (event: string, listener: (given: any) => void) => unknown;
  };
}

export const serialDial =
  ({ SerialPort }: SerialModule, path: string, baudRate: number): Dial =>
  ({ data, closed }) =>
    new Promise((opened, failed) => {
      const port = new SerialPort({ path, baudRate, autoOpen: false });
      port.on("data", data);
      port.on("close", closed);
      port.on("error", () => {});
      port.open((error) => {
        if (error) failed(error);
        else {
          opened({
            write: (bytes) => void port.write(bytes),
            waiting: () => port.writableLength,
            close: () => port.close(),
          });
        }
      });
    });
