// SPDX-License-Identifier: MIT
// The very edge of limits and rules: what is allowed by one octet and refused by the next, and what one
// message must not do to another. Dialogues that a change of one sign in the session does not survive.

import { describe, expect, it } from "vitest";
import { Limit } from "#limits";
import { Status } from "../../src/status.js";
import { dialOnline, dialSession } from "../fake.js";
import { publishOf } from "../words.js";

const X = "x".repeat(20);
const part = (_at: number, max: number) => "p".repeat(Math.min(max, 10));

describe("what is held of a packet that was cut", () => {
  const whole = publishOf("a", "x".repeat(27));

  it("is as long as the inbox, behind other packets as well", () => {
    expect(whole).toHaveLength(32);
    for (const before of ["", publishOf("b", "y"), publishOf("b", "y".repeat(100))]) {
      const dial = dialOnline({ inbox: 32 });
      dial.serverSays(before + whole.slice(0, 31));
      dial.heard();
      dial.serverSays(whole.slice(31));
      expect(dial.heard()).toEqual([`message a q0 ${"x".repeat(27)}`]);
    }
  });

  it("is not an octet longer: from there on a message comes in parts", () => {
    const dial = dialOnline({ inbox: 31 });
    dial.serverSays(whole.slice(0, 31));
    expect(dial.heard()).toEqual([`message a q0 0/27 ${"x".repeat(26)}`]);
  });

  it("may be a topic name that fills the inbox, and not an octet more", () => {
    const long = publishOf("t".repeat(40), "");
    const dial = dialOnline({ inbox: 32 });
    dial.serverSays(long.slice(0, 32));
    expect(dial.heard()).toEqual([]);
    dial.serverSays(long.slice(32, 33));
    expect(dial.heard()).toEqual([`close ${Status.INBOX_FULL}`]);
  });
});

describe("a packet identifier of the server's", () => {
  it("that was one of QoS 1 is free for one of QoS 2 after its PUBACK [MQTT-4.3.2-2]", () => {
    const dial = dialOnline();
    dial.serverSays("PUBLISH 7 q1 a one", "PUBLISH 7 q2 a two");
    expect(dial.heard()).toEqual(["message a q1 one", "message a q2 two"]);
  });

  it("that is released and unknown leaves the others as they are [MQTT-4.3.3-2]", () => {
    const dial = dialOnline();
    dial.serverSays("PUBLISH 7 q2 a once", "PUBREL 99", "PUBLISH 7 q2 dup a once");
    expect(dial.heard()).toEqual(["message a q2 once"]);
    expect(dial.sent()).toEqual(["PUBREC 7", "PUBCOMP 99", "PUBREC 7"]);
  });
});

describe("while a message goes out in parts", () => {
  it("an acknowledgement of another one counts", () => {
    const dial = dialOnline({ linkWindow: 64 });
    const one = dial.client.publish("a", X, 1);
    dial.drained();
    dial.client.publishParts("long", 200, 1, false, part);
    dial.serverSays(`PUBACK ${one}`);
    expect(dial.heard()).toEqual([`delivered ${one}`]);
  });

  it("acknowledgements wait, and no more of them than the link's reserve", () => {
    const dial = dialOnline({ linkWindow: 64 });
    dial.client.publishParts("long", 200, 1, false, part);
    const count = Limit.LINK_RESERVE / 4;
    const flood = publishOf("a", "", 1, 7).repeat(count);
    dial.serverSays(flood);
    expect(dial.heard().filter((line) => line.startsWith("close"))).toEqual([]);
    dial.serverSays(publishOf("a", "", 1, 7).repeat(64));
    expect(dial.heard().filter((line) => line.startsWith("close"))).toEqual([
      `close ${Status.LINK_FAILED}`,
    ]);
  });
});

describe("room", () => {
  it("is told when PUBREC has freed it", () => {
    const dial = dialOnline({ outbox: 64 });
    const id = dial.client.publish("a", "x".repeat(50), 2);
    expect(dial.client.publish("a", "x".repeat(50), 2)).toBe(Status.OUTBOX_FULL);
    dial.serverSays(`PUBREC ${id}`);
    expect(dial.heard()).toEqual(["room"]);
    expect(dial.client.publish("a", "x".repeat(50), 2)).toBeGreaterThan(0);
  });

  it("is not told to whom none was refused", () => {
    const dial = dialOnline({ linkWindow: 64 });
    expect(dial.client.publish("a/#", X)).toBe(Status.INVALID_TOPIC);
    expect(dial.client.publish("a", X, 3)).toBe(Status.INVALID_QOS);
    dial.client.publish("a", X);
    dial.drained();
    expect(dial.heard()).toEqual([]);
  });
});

describe("what is counted as skipped", () => {
  it("is an acknowledgement of nothing, not a second PUBREC of a message that waits for PUBCOMP", () => {
    const dial = dialOnline();
    const ids = [1, 2].map(() => dial.client.publish("a", X, 2));
    for (const id of [...ids, ...ids]) dial.serverSays(`PUBREC ${id}`);
    expect(dial.client.stats().skipped).toBe(0);
    dial.serverSays("PUBREC 9");
    expect(dial.client.stats().skipped).toBe(1);
  });
});

describe("identifiers of SUBSCRIBEs", () => {
  it("begin anew at 32768 behind 65535, and leave those of messages alone [MQTT-2.3.1-2]", () => {
    const dial = dialSession();
    const ids = Array.from({ length: 32770 }, () => dial.client.subscribe("a", 0));
    expect(ids.slice(0, 2)).toEqual([32768, 32769]);
    expect(ids.slice(-3)).toEqual([65535, 32768, 32769]);
  });
});
