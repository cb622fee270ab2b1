// SPDX-License-Identifier: MIT
// The same dialogues with every broker. What came of each is written down where the environment's
// BROKERS_OUT names a folder: `npm run brokers` makes docs/brokers.md of it.

import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { TestServer } from "../bundle/mosquitto.js";
import { dialogues } from "./dialogues.js";
import { hallOpen } from "./hall.js";
import { kinds, proofOf } from "./kinds.js";
import { sessions } from "./sessions.js";
import { stations } from "./stations.js";

/** One cell of the table. */
interface Outcome {
  cell: string;
  says?: string;
  capture?: string[];
}

for (const kind of kinds) {
  const why = kind.missing === "" ? "" : ` (skipped: ${kind.missing})`;
  describe.skipIf(why !== "")(`the client in Node and ${kind.name}${why}`, () => {
    const outcomes: Record<string, Outcome> = {};
    let server: TestServer;
    let levels: (0 | 1 | 2)[];

    beforeAll(async () => {
      server = await kind.open();
      const qos2 = kind.differences["QoS 2 to the server"];
      levels = (await proofOf(server, qos2)) === undefined ? [0, 1, 2] : [0, 1];
    }, 90000);
    afterAll(async () => {
      await server.close();
      const folder = process.env["BROKERS_OUT"];
      if (folder === undefined) return;
      mkdirSync(folder, { recursive: true });
      writeFileSync(
        join(folder, `${kind.name}.json`),
        JSON.stringify({ broker: kind.name, version: kind.version(), outcomes }, undefined, 1),
      );
    }, 30000);

    test.each([...dialogues, ...sessions, ...stations])(
      "$name $clause",
      async ({ name, hold, otherwise }) => {
        const difference = kind.differences[name];
        const hall = hallOpen(server, levels);
        outcomes[name] = { cell: "FAILED" };
        try {
          const capture = await proofOf(server, difference);
          if (capture === undefined) await hold(hall);
          else await otherwise?.(hall);
          const { cell, says } = difference ?? { cell: "yes" };
          outcomes[name] = capture ? { cell, says: says!, capture } : { cell: "yes" };
        } finally {
          await hall.close();
        }
        expect(outcomes[name].cell).not.toBe("FAILED");
      },
      60000,
    );
  });
}
