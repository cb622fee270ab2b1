// SPDX-License-Identifier: MIT
// Ports of loopback, for servers that tests and tools start.

import { connect, createServer } from "node:net";

/**
 * Ports that nobody listens on. All are held until the last one is found, so that none is found twice.
 * @param {number} count
 * @returns {Promise<number[]>}
 */
export async function freePorts(count) {
  const holders = Array.from({ length: count }, () => createServer());
  await Promise.all(
    holders.map((one) => new Promise((done) => one.listen(0, "127.0.0.1", () => done(undefined)))),
  );
  const ports = holders.map(
    (one) => /** @type {import("node:net").AddressInfo} */ (one.address()).port,
  );
  await Promise.all(holders.map((one) => new Promise((done) => one.close(done))));
  return ports;
}

/** One of them. */
export const freePort = async () => /** @type {number} */ ((await freePorts(1))[0]);

/** Whether somebody listens. @param {number} port @returns {Promise<boolean>} */
export const isListening = (port) =>
  new Promise((done) => {
    const socket = connect(port, "127.0.0.1", () => {
      socket.destroy();
      done(true);
    }).on("error", () => done(false));
  });
