// SPDX-License-Identifier: MIT
// The other side of message authentication, written from the format alone, and a store that can fail.

import { createHmac } from "node:crypto";
import type { Counters } from "../../boards/hal.js";
import { Status } from "../../src/status.js";
import { key } from "./vectors.js";

/** Signs as the side that nodes talk to. */
export const peerOpen = (secret = key) => signer("<", secret);

/** Signs as a node. */
export const nodeOpen = (secret = key) => signer(">", secret);

function signer(sign: string, secret: string) {
  return (topic: string, payload: string, counter: number): string => {
    const said = Buffer.from(sign + topic, "utf8");
    const length = Buffer.from([said.length >> 8, said.length & 255]);
    const counted = Buffer.from(`${payload}/${counter}`, "latin1");
    const mac = createHmac("sha256", secret).update(Buffer.concat([length, said, counted]));
    return Buffer.concat([counted, mac.digest().subarray(0, 16)]).toString("latin1");
  };
}

/** Two copies of counters, and what can go wrong with them. */
export function storeOpen() {
  const copies: (number[] | undefined)[] = [];
  const counters: Counters = {
    read: (copy) => copies[copy],
    write(copy, given) {
      if (store.fails) return Status.STORE_FAILED;
      store.writes += 1;
      copies[copy] = [...given];
      return Status.OK;
    },
  };
  const store = {
    counters,
    writes: 0,
    fails: false,
    /** A copy is lost. */
    tears(copy: number) {
      copies[copy] = undefined;
    },
  };
  return store;
}
