// SPDX-License-Identifier: MIT
// docs/memory.md: each limit of src/limits that is an amount of memory, by profile.

import { exportsOf } from "./source.mjs";

/** Limits by the option that changes them. */
const LIMITS = [
  ["outbox", "OUTBOX", "octets"],
  ["inFlight", "IN_FLIGHT", "messages"],
  ["inbox", "INBOX", "octets"],
  ["subscriptions", "SUBSCRIPTIONS", "entries"],
  ["linkWindow", "LINK_WINDOW", "octets"],
  [undefined, "LINK_RESERVE", "octets"],
  [undefined, "RECEIVED", "identifiers"],
  [undefined, "TOPICS", "topics"],
  [undefined, "LEAN_INBOX", "octets"],
];

/** The limits of both profiles. */
export function limitsTable() {
  const [small, large] = ["small", "large"].map(
    (profile) => exportsOf(`src/limits/${profile}.ts`, profile).Limit,
  );
  const rows = LIMITS.map(([option, name, unit]) => {
    const [board, host] = [small, large].map((limit) => limit[name].toLocaleString("en-US"));
    return `| \`${name}\` | ${option ? `\`${option}\`` : "none"} | ${board} | ${host} | ${unit} |`;
  });
  return [
    "| limit | option | boards (small) | Node, browsers (large) | |",
    "| --- | --- | ---: | ---: | --- |",
    ...rows,
  ].join("\n");
}
