// SPDX-License-Identifier: MIT
// Every board.json is what boards/board.schema.json says, and names only what is there.

import { problemsOf, readBoards } from "../boards.mjs";

const boards = readBoards();
const problems = [...boards].flatMap(([board, manifest]) => problemsOf(board, manifest, boards));
for (const problem of problems) console.error(problem);
console.log(`${boards.size} manifests, ${problems.length} problems with boards`);
process.exitCode = problems.length > 0 ? 1 : 0;
