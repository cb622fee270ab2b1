// SPDX-License-Identifier: MIT
// What this project depends on: nothing at run time; exact versions, hashes, no scripts at installation
// but one, and a reason for each in CONTRIBUTING.md.

import { readFileSync } from "node:fs";
import { expect, test } from "vitest";

const read = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), "utf8");
const manifest = JSON.parse(read("package.json"));
const lock: [string, Record<string, unknown>][] = Object.entries(
  JSON.parse(read("package-lock.json")).packages,
);
/** Those that come from elsewhere: not this one, nor the parts of it that are packages as well. */
const packages = lock.filter(([path, { link }]) => path.includes("node_modules/") && !link);

test("the package needs nothing at run time", () => {
  for (const kind of ["dependencies", "optionalDependencies", "peerDependencies"]) {
    expect(manifest[kind]).toBeUndefined();
  }
});

test("versions are exact, and every package below them has a hash", () => {
  for (const version of Object.values(manifest.devDependencies)) {
    expect(version).toMatch(/^\d+\.\d+\.\d+$/);
  }
  expect(packages.length).toBeGreaterThan(100);
  expect(packages.filter(([, { integrity }]) => !/^sha512-/.test(String(integrity)))).toEqual([]);
});

test("the lock file names no registry", () => {
  expect(packages.filter(([, { resolved }]) => resolved !== undefined)).toEqual([]);
});

test("no package but esbuild runs a script when it is installed", () => {
  const scripted = packages.filter(([, { hasInstallScript }]) => hasInstallScript === true);
  expect(scripted.map(([path]) => path)).toEqual(["node_modules/esbuild"]);
});

test("each has a row with its reason in CONTRIBUTING.md, and no row is of another", () => {
  const rows = [...read("CONTRIBUTING.md").matchAll(/^\| (`[^|]+`) \| [^|]{5,} \|$/gm)];
  const named = rows.flatMap(([, names]) => [...names!.matchAll(/`([^`]+)`/g)].map(([, n]) => n));
  expect(named.toSorted()).toEqual(Object.keys(manifest.devDependencies).toSorted());
});
