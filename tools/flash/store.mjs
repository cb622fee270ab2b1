// SPDX-License-Identifier: MIT
// NodeMCU's Lua Flash Store: code runs there from flash, and takes RAM only for what it makes. It is
// filled by an image that the user has made with the luac.cross of the firmware's build.

import { existsSync, readFileSync } from "node:fs";
import { Problem } from "./problem.mjs";
import { put } from "./sequence.mjs";

const IMAGE = "lfs.img";

const recipe = (names) =>
  `luac.cross -f -o ${IMAGE} ${names.map((name) => `dist/lua/${name}.lua`).join(" ")}`;

/** The image's octets. @param {string} path */
function imageOf(path, store) {
  if (existsSync(path)) return readFileSync(path).latin1Slice();
  throw new Problem(
    `There is no image ${path}: ${recipe(store)} makes one, with the luac.cross of the firmware's build.`,
  );
}

/**
 * Loads an image where one is given, and sees that modules are in the store.
 * @param {any} board
 * @param {readonly string[]} store their names
 * @param {string | undefined} image a path
 * @param {{ say: (line: string) => void, progress: (name: string, done: number, all: number) => void }} shown
 */
export async function fillStore(board, store, image, shown) {
  if (image !== undefined) {
    await put(board, [{ name: IMAGE, octets: imageOf(image, store) }], shown);
    shown.say("The board loads the image, and starts anew.");
    await board.reload(IMAGE);
    await board.remove(IMAGE);
  }
  const there = store.length > 0 ? await board.store() : [];
  const missing = store.filter((name) => !there.includes(name));
  if (missing.length < 1) return;
  throw new Problem(
    `${missing.join(", ")} is not in the board's Lua Flash Store (${there.join(", ") || "which is empty"}), ` +
      `and does not fit in its RAM. ${recipe(missing)} makes an image, with the luac.cross of the firmware's ` +
      `build; then --lfs ${IMAGE}. Of the program nothing was written.`,
  );
}
