// SPDX-License-Identifier: MIT
// A client hears octets in chunks: what it made of them, to be held against the judge.

import { expect } from "vitest";
import { Status } from "../../src/status.js";
import { dialUp, octetsFrom } from "../fake.js";
import { judge, type Message, type Verdict } from "./judge.js";

/** What the large limits of the bundle for Node let be open at QoS 2. */
export const RECEIVED = 1024;

/** An inbox for whatever a packet may say of its length. */
const ANY = 2 ** 30;

/** What a client made of octets. */
export interface Heard {
  /** Messages that came whole, parts put together. */
  messages: Message[];
  /** What it sent. */
  sent: string;
  /** Why it closed the connection; undefined: it stays. */
  status: Status | undefined;
}

/** A client that is online hears the chunks, one after the other. */
export function hears(chunks: string[], inbox: number): Heard {
  const dial = dialUp({ inbox, outbox: 1024, inFlight: 16 });
  const heard: Heard = { messages: [], sent: "", status: undefined };
  let begun: Message | undefined;
  dial.client.on("message", (name: string, given: unknown, packet) => {
    const { qos, retain, dup, at, total } = packet;
    const payload = octetsFrom(given);
    if (at < 0) begun = undefined;
    else if (at > 0) begun!.payload += payload;
    else begun = { topic: Buffer.from(name).toString("latin1"), payload, qos, retain, dup };
    if (begun !== undefined && at + payload.length >= total) heard.messages.push(begun);
  });
  dial.client.on("close", (status: Status) => (heard.status ??= status));
  dial.client.on("error", (error: unknown) => {
    throw error;
  });
  dial.accepted();
  const link = dial.link;
  const before = link.octets.length;
  for (const chunk of chunks) link.says(chunk);
  heard.sent = link.octets.slice(before);
  return heard;
}

/** Holds a client with an inbox for everything against the judge: the same, however it came. */
export function agrees(octets: string, chunks: string[]): Verdict {
  const verdict = judge(octets, RECEIVED);
  const heard = hears(chunks, ANY);
  expect(heard.messages).toEqual(verdict.messages);
  if (verdict.statuses.length < 1) {
    expect(heard).toMatchObject({ status: undefined, sent: verdict.acks });
  } else {
    expect(verdict.statuses).toContain(heard.status);
    // What was owed and not yet sent goes with the connection.
    expect(verdict.acks.startsWith(heard.sent)).toBe(true);
  }
  return verdict;
}

/** The same with an inbox that is too small for some of it: no message more, and none changed. */
export function agreesInParts(octets: string, chunks: string[], inbox: number): void {
  const verdict = judge(octets, RECEIVED);
  const heard = hears(chunks, inbox);
  const isCut = verdict.statuses.length < 1 && verdict.left > 0;
  const allowed: (Status | undefined)[] =
    verdict.statuses.length > 0 ? [...verdict.statuses] : [undefined];
  // Too long to be held; or wrong in its head, and what is behind that never came.
  allowed.push(Status.INBOX_FULL);
  if (isCut) allowed.push(Status.MALFORMED, Status.RECEIVED_FULL);
  expect(allowed).toContain(heard.status);
  expect(verdict.acks.startsWith(heard.sent)).toBe(true);
  if (heard.status === Status.INBOX_FULL) {
    expect(verdict.messages.slice(0, heard.messages.length)).toEqual(heard.messages);
  } else expect(heard.messages).toEqual(verdict.messages);
}
