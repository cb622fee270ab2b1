// SPDX-License-Identifier: MIT
// docs/benchmarks.svg: for each row with a peer and a goal how many times better Ringlet is, on a
// logarithmic scale; 1 is the peer. A mark stands where the must is.

import { ratioOf, verdictOf } from "./rows.mjs";

const COLOURS = { aim: "#2a7f4f", must: "#4a90c2", missed: "#c2573f" };
const LEFT = 440;
const WIDTH = 900;
const STEP = 22;
const TOP = 40;

const escape = (text) => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll("`", "");

/** The picture's text. */
export function plot({ sizes, espruino, node, lua }) {
  const rows = [
    ...sizes.map((row) => ({ ...row, at: "bytes: " })),
    ...(espruino?.rows ?? []).map((row) => ({ ...row, at: `Espruino, ${row.group}: ` })),
    ...(node?.codec ?? []).map((row) => ({ ...row, at: "Node: " })),
    ...(node?.rows ?? []).map((row) => ({ ...row, at: "Node: " })),
    ...(lua?.rows ?? []).map((row) => ({
      ...row,
      at: `${lua.engines.find(({ id }) => id === row.group).title}: `,
    })),
  ].filter((row) => row.must !== undefined && row.ours > 0 && row.peer > 0);
  const ratios = rows.map(ratioOf);
  const low = Math.log2(Math.min(0.5, ...ratios));
  const high = Math.log2(Math.max(4, ...ratios) * 1.15);
  const x = (ratio) => LEFT + ((Math.log2(ratio) - low) / (high - low)) * (WIDTH - LEFT - 60);
  const bottom = TOP + rows.length * STEP;
  const out = [];
  const upright = (at, top, end, style) =>
    out.push(`<path d="M${at.toFixed(1)} ${top}V${end}" stroke="${style}"/>`);
  const write = (at, y, text, anchor) =>
    out.push(`<text x="${at.toFixed(1)}" y="${y}" text-anchor="${anchor}">${text}</text>`);
  for (const mark of [0.25, 0.5, 1, 2, 4, 8, 16].filter(
    (m) => Math.log2(m) >= low && Math.log2(m) <= high,
  )) {
    upright(x(mark), TOP - 8, bottom, mark === 1 ? "#333" : "#ddd");
    write(x(mark), TOP - 14, `${mark}×`, "middle");
  }
  rows.forEach((row, index) => {
    const y = TOP + index * STEP;
    const [from, to] = [1, ratios[index]].sort((a, b) => a - b).map(x);
    const size = `width="${Math.max(to - from, 1).toFixed(1)}" height="${STEP - 8}"`;
    const colour = COLOURS[verdictOf(row)];
    write(LEFT - 8, y + 13, escape(row.at + row.title), "end");
    out.push(`<rect x="${from.toFixed(1)}" y="${y + 3}" ${size} fill="${colour}"/>`);
    write(to + 5, y + 13, ratios[index].toFixed(2), "start");
    if (!row.amount) upright(x(row.must), y, y + STEP - 2, '#000" stroke-width="2');
  });
  write(
    LEFT,
    bottom + 20,
    "Green: aim reached. Blue: must. Red: missed. Black: the must.",
    "start",
  );
  const box = `viewBox="0 0 ${WIDTH} ${bottom + 30}"`;
  const font = 'font-family="sans-serif" font-size="11"';
  return `<svg xmlns="http://www.w3.org/2000/svg" ${box} ${font}>
<rect width="100%" height="100%" fill="#fff"/>
${out.join("\n")}
</svg>
`;
}
