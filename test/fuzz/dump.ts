// SPDX-License-Identifier: MIT
// Octets as a person reads packets: a line each, with what its fixed header says. It follows the
// lengths as they are written, also where they lie, and shares no code with the client.

const NAMES = [
  "type 0",
  "CONNECT",
  "CONNACK",
  "PUBLISH",
  "PUBACK",
  "PUBREC",
  "PUBREL",
  "PUBCOMP",
  "SUBSCRIBE",
  "SUBACK",
  "UNSUBSCRIBE",
  "UNSUBACK",
  "PINGREQ",
  "PINGRESP",
  "DISCONNECT",
  "type 15",
];

/** Octets of a packet that are shown; of a longer one its two ends. */
const SHOWN = 32;

const hex = (octets: string) => Buffer.from(octets, "latin1").toString("hex");
const spaced = (octets: string) => hex(octets).replace(/..(?=.)/g, "$& ");
const short = (octets: string) =>
  octets.length <= SHOWN
    ? spaced(octets)
    : `${spaced(octets.slice(0, SHOWN / 2))} … ${spaced(octets.slice(-SHOWN / 2))}`;
const text = (octets: string) => JSON.stringify(octets.slice(0, SHOWN));

/** Where a fixed header ends, and the Remaining Length it tells, or undefined where it has none. */
export function headerOf(octets: string, at: number): { body: number; length: number } | undefined {
  let length = 0;
  for (let i = 0; i < 4 && at + 1 + i < octets.length; i++) {
    const octet = octets.charCodeAt(at + 1 + i);
    length += (octet & 127) * 128 ** i;
    if (octet < 128) return { body: at + 2 + i, length };
  }
  return undefined;
}

/** The octets, a packet a line. */
export function dump(octets: string): string {
  const lines: string[] = [];
  for (let at = 0; at < octets.length;) {
    const first = octets.charCodeAt(at);
    const name = `${NAMES[first >> 4]}, flags ${first & 15}`;
    const header = headerOf(octets, at);
    if (header === undefined) {
      lines.push(`  ${name}, no Remaining Length: ${short(octets.slice(at))}`);
      break;
    }
    const { body, length } = header;
    const end = Math.min(body + length, octets.length);
    const missing = body + length - end;
    const cut = missing > 0 ? `, ${missing} missing` : "";
    const inside = octets.slice(body, end);
    lines.push(
      `  ${name}, Remaining Length ${length}${cut}: ` +
        `${spaced(octets.slice(at, body))} | ${short(inside)}  ${text(inside)}`,
    );
    at = end;
  }
  return lines.join("\n");
}
