// SPDX-License-Identifier: MIT
// Every bundle for a board holds only what Espruino accepts: the files as they are in dist/.

import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
// @ts-ignore: the tools are JavaScript
import { checkLanguage } from "../../tools/espruino/language.mjs";

const root = fileURLToPath(new URL("../../", import.meta.url));
const dist = join(root, "dist");
const boards = readdirSync(join(root, "boards"))
  .map((board) => join(root, "boards", board, "board.json"))
  .filter((file) => existsSync(file))
  .map((file) => JSON.parse(readFileSync(file, "utf8")));
const bundles = readdirSync(dist, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .flatMap(({ name }) => readdirSync(join(dist, name)).map((file) => `${name}/${file}`))
  .filter((file) => file.endsWith(".min.js"));

test("there is a bundle for every board whose engine is Espruino", () => {
  const wanted = boards.filter(({ engine }) => engine === "espruino").length;
  expect(wanted).toBeGreaterThan(0);
  expect(bundles.length).toBeGreaterThanOrEqual(wanted);
});

test.each(bundles)("dist/%s passes the language check", (file) => {
  expect(checkLanguage(readFileSync(join(dist, file), "utf8"), file)).toEqual([]);
});
