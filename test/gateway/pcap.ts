// SPDX-License-Identifier: MIT
// Datagrams as a capture file, for programs that judge what is on the wire: pcap's header, then Ethernet, IPv4
// and UDP around each datagram. Checksums of UDP are 0, which says that there is none.

/** A datagram, and where it came from: the client's port or the gateway's. */
export interface Captured {
  octets: string;
  from: "client" | "gateway";
}

/** The ports that a capture shows. */
export const PORTS = { client: 40000, gateway: 1884 } as const;

const LINKTYPE_ETHERNET = 1;
const NO_LIMIT = 65535;

/** A capture of those datagrams, a millisecond apart. */
export function pcapOf(datagrams: readonly Captured[]): Buffer {
  const header = Buffer.alloc(24);
  header.writeUInt32LE(0xa1b2c3d4, 0);
  header.writeUInt16LE(2, 4);
  header.writeUInt16LE(4, 6);
  header.writeUInt32LE(NO_LIMIT, 16);
  header.writeUInt32LE(LINKTYPE_ETHERNET, 20);
  return Buffer.concat([header, ...datagrams.flatMap(recordOf)]);
}

function recordOf(datagram: Captured, at: number): Buffer[] {
  const frame = frameOf(datagram);
  const record = Buffer.alloc(16);
  record.writeUInt32LE(Math.floor(at / 1000), 0);
  record.writeUInt32LE((at % 1000) * 1000, 4);
  record.writeUInt32LE(frame.length, 8);
  record.writeUInt32LE(frame.length, 12);
  return [record, frame];
}

function frameOf({ octets, from }: Captured): Buffer {
  const isClient = from === "client";
  const [own, other] = isClient ? [1, 2] : [2, 1];
  const body = Buffer.from(octets, "latin1");
  const ethernet = Buffer.from([2, 0, 0, 0, 0, other, 2, 0, 0, 0, 0, own, 8, 0]);
  const ip = Buffer.from([0x45, 0, 0, 0, 0, 0, 0, 0, 64, 17, 0, 0, 10, 0, 0, own, 10, 0, 0, other]);
  ip.writeUInt16BE(28 + body.length, 2);
  ip.writeUInt16BE(checksumOf(ip), 10);
  const udp = Buffer.alloc(8);
  udp.writeUInt16BE(isClient ? PORTS.client : PORTS.gateway, 0);
  udp.writeUInt16BE(isClient ? PORTS.gateway : PORTS.client, 2);
  udp.writeUInt16BE(8 + body.length, 4);
  return Buffer.concat([ethernet, ip, udp, body]);
}

/** The internet checksum of a header whose own field is 0. */
function checksumOf(header: Buffer): number {
  let sum = 0;
  for (let at = 0; at < header.length; at += 2) sum += header.readUInt16BE(at);
  while (sum > 65535) sum = (sum % 65536) + Math.floor(sum / 65536);
  return 65535 - sum;
}
