// SPDX-License-Identifier: MIT
// Sessions in a folder, one file each, written beside and renamed, so that a file is whole or the one before.
// Written is what has changed since the last time, a few files at a time; who crashes loses that second.

import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, renameSync } from "node:fs";
import { rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Octets } from "#engine";
import type { Gateway } from "./core.js";
import { sessionFrom, type Snapshot, snapshotOf } from "./snapshot.js";
import type { Session } from "./session.js";

/** Files that are written at the same time. */
const PARALLEL = 8;

export interface Store {
  /** Reads all sessions; what cannot be read is put aside and told. */
  load: (g: Gateway) => Session[];
  /** Writes what has changed; one call at a time, the next one waits for it. */
  save: (g: Gateway) => Promise<void>;
}

/** Client identifiers are any text: their digest is a name for files everywhere. */
const fileOf = (clientId: Octets) =>
  `${createHash("sha256").update(clientId, "latin1").digest("hex")}.json`;

/** Opens the folder, and makes it where there is none. */
export function storeOpen(folder: string): Store {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  let last = Promise.resolve();
  return {
    load: (g) => load(g, folder),
    save: (g) => (last = last.then(() => save(g, folder))),
  };
}

function load(g: Gateway, folder: string): Session[] {
  const found: Session[] = [];
  for (const name of readdirSync(folder)) {
    if (!name.endsWith(".json")) continue;
    const path = join(folder, name);
    let kept: Snapshot | undefined;
    try {
      kept = JSON.parse(readFileSync(path, "utf8"));
    } catch {
      kept = undefined;
    }
    const s = kept && tryFrom(g, kept);
    if (s) found.push(s);
    else {
      g.log.warn({ file: path }, "this file is no session, and was put aside");
      renameSync(path, `${path}.bad`);
    }
  }
  return found;
}

/** A file that is JSON and something else breaks nothing. */
function tryFrom(g: Gateway, kept: Snapshot): Session | undefined {
  try {
    return sessionFrom(g, kept);
  } catch {
    return undefined;
  }
}

async function save(g: Gateway, folder: string): Promise<void> {
  const work: (() => Promise<void>)[] = [];
  for (const clientId of g.gone) {
    if (!g.sessions.has(clientId))
      work.push(() => rm(join(folder, fileOf(clientId)), { force: true }));
  }
  for (const s of g.changed) work.push(() => put(folder, s));
  g.gone.clear();
  g.changed.clear();
  const workers = Array.from({ length: PARALLEL }, async () => {
    for (let next = work.pop(); next; next = work.pop()) {
      try {
        await next();
      } catch (error) {
        g.log.warn({ reason: (error as NodeJS.ErrnoException).code }, "a session cannot be saved");
      }
    }
  });
  await Promise.all(workers);
}

async function put(folder: string, s: Session): Promise<void> {
  const path = join(folder, fileOf(s.clientId));
  const kept = snapshotOf(s);
  if (kept === undefined) return rm(path, { force: true });
  await writeFile(`${path}.new`, JSON.stringify(kept), { mode: 0o600, flush: true });
  await rename(`${path}.new`, path);
}
