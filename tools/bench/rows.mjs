// SPDX-License-Identifier: MIT
// What a measured row is: { id, title, unit, ours, peer, more, must, aim, error }. `more` says that
// more is better, else less is. With a peer the goals are ratios, without one they are amounts.

/** The one in the middle. */
export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const half = sorted.length >> 1;
  return sorted.length % 2 > 0 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
}

/** How many times better than the peer, or undefined. */
export function ratioOf({ ours, peer, more }) {
  if (ours === undefined || peer === undefined) return undefined;
  return more ? ours / peer : peer / ours;
}

/** "aim", "must", "missed", or "" where the row has no goal or no figure. */
export function verdictOf(row) {
  if (row.must === undefined) return "";
  const figure = row.amount ? row.ours : ratioOf(row);
  if (figure === undefined) return row.error ? "missed" : "";
  const reaches = (goal) => (row.amount ? figure <= goal : figure >= goal);
  if (row.aim !== undefined && reaches(row.aim)) return "aim";
  return reaches(row.must) ? "must" : "missed";
}

/** A figure, to the digits that count. */
export function digits(value) {
  if (value === undefined) return "–";
  const places = value >= 100000 ? -3 : Number.isInteger(value) || value >= 1000 ? 0 : 1;
  const unit = 10 ** places;
  return (Math.round(value * unit) / unit).toLocaleString("en-US");
}
