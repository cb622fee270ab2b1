// SPDX-License-Identifier: MIT
// What a client has to make of octets that a server sends, read straight from the standard and
// without the client's code: the messages it hands on, the acknowledgements it owes, and with which
// Status it may give the connection up. The client is online, with a clean session, nothing in flight
// and no subscription; its inbox holds whatever is cut.

import { Status } from "../../src/status.js";
import { headerOf } from "./dump.js";

/** A message as octets. */
export interface Message {
  topic: string;
  payload: string;
  qos: number;
  retain: boolean;
  dup: boolean;
}

/** What comes of octets. */
export interface Verdict {
  messages: Message[];
  /** Acknowledgements, in order, as octets. */
  acks: string;
  /** The Statuses the connection may be closed with; none: it stays. */
  statuses: Status[];
  /** Octets behind the last packet that was read. */
  left: number;
}

/** A packet that is none, or not for a client: section 4.8 makes no difference between the two. */
const WRONG = [Status.MALFORMED, Status.UNEXPECTED];

const integer = (octets: string, at: number) => Buffer.from(octets, "latin1").readUInt16BE(at);

/** Whether octets are a topic name: UTF-8, not empty, no U+0000, no wildcard. */
export function isName(octets: string): boolean {
  try {
    const name = new TextDecoder("utf-8", { fatal: true }).decode(Buffer.from(octets, "latin1"));
    return octets !== "" && !/[\0+#]/.test(name);
  } catch {
    return false;
  }
}

/** A whole PUBLISH, or undefined where it is malformed. */
function publish(first: number, body: string): (Message & { id: string }) | undefined {
  const qos = (first >> 1) & 3;
  const dup = (first & 8) > 0;
  if (qos === 3 || (dup && qos === 0) || body.length < 2) return undefined;
  const end = 2 + integer(body, 0);
  const from = qos > 0 ? end + 2 : end;
  const topic = body.slice(2, end);
  const id = body.slice(end, from);
  if (from > body.length || !isName(topic) || id === "\0\0") return undefined;
  return { topic, payload: body.slice(from), qos, retain: (first & 1) > 0, dup, id };
}

/** @param received how many inbound QoS 2 messages may be open */
export function judge(octets: string, received: number): Verdict {
  const verdict: Verdict = { messages: [], acks: "", statuses: [], left: 0 };
  const open = new Set<string>();
  let at = 0;

  /** Reads one packet; the Statuses where it is wrong. */
  function read(first: number, body: string): Status[] {
    const id = body.slice(0, 2);
    const isIdentifier = body.length === 2 && id !== "\0\0";
    if (first >> 4 === 3) {
      const found = publish(first, body);
      if (found === undefined) return [Status.MALFORMED];
      if (found.qos === 2) {
        if (!open.has(found.id) && open.size >= received) return [Status.RECEIVED_FULL];
        verdict.acks += `\x50\x02${found.id}`;
      }
      if (found.qos === 1) verdict.acks += `\x40\x02${found.id}`;
      if (found.qos < 2 || !open.has(found.id)) {
        const { id: _, ...message } = found;
        verdict.messages.push(message);
      }
      if (found.qos === 2) open.add(found.id);
      return [];
    }
    switch (first) {
      case 0x40: // PUBACK
      case 0x70: // PUBCOMP
      case 0xb0: // UNSUBACK
        return isIdentifier ? [] : [Status.MALFORMED];
      case 0x50: // PUBREC
        verdict.acks += isIdentifier ? `\x62\x02${id}` : "";
        return isIdentifier ? [] : [Status.MALFORMED];
      case 0x62: // PUBREL
        if (!isIdentifier) return [Status.MALFORMED];
        open.delete(id);
        verdict.acks += `\x70\x02${id}`;
        return [];
      case 0x90: // SUBACK
        return body.length === 3 && id !== "\0\0" && /[\0\x01\x02\x80]/.test(body[2]!)
          ? []
          : [Status.MALFORMED];
      case 0xd0: // PINGRESP
        return body === "" ? [] : WRONG;
      default:
        return WRONG;
    }
  }

  while (at < octets.length && verdict.statuses.length < 1) {
    const header = headerOf(octets, at);
    if (header === undefined) {
      // Five octets and more: the fourth of Remaining Length says that there is a fifth.
      if (octets.length - at > 4) verdict.statuses = [Status.MALFORMED];
      break;
    }
    const end = header.body + header.length;
    if (end > octets.length) break;
    verdict.statuses = read(octets.charCodeAt(at), octets.slice(header.body, end));
    at = end;
  }
  verdict.left = octets.length - at;
  return verdict;
}
