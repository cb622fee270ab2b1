// SPDX-License-Identifier: MIT
// The vectors of docs/authentication.md.

import { readFileSync } from "node:fs";

interface Vector {
  signer: "node" | "peer";
  topic: string;
  payload: string;
  counter: number;
  /** Octets. */
  signed: string;
}

const file = JSON.parse(readFileSync(new URL("vectors.json", import.meta.url), "utf8"));

export const key: string = file.key;
export const vectors: Vector[] = file.vectors.map((vector: Vector) => ({
  ...vector,
  signed: Buffer.from(vector.signed, "hex").toString("latin1"),
}));
