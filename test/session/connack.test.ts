// SPDX-License-Identifier: MIT
// What comes back to CONNECT (MQTT 3.1.1 section 3.2): accepted, refused, something else, nothing.

import { describe, expect, it } from "vitest";
import { Status } from "../../src/status.js";
import { dialOnline, dialUp } from "../fake.js";

const MAX = 50000;

function connecting(cleanSession = true) {
  const dial = dialUp({ reconnect: { min: 1000, max: MAX }, clientId: "c", cleanSession });
  dial.connects();
  return dial;
}

describe("an accepted connection", () => {
  it("is told with session present false", () => {
    const dial = connecting();
    dial.serverSays("CONNACK");
    expect(dial.heard()).toEqual(["connect false"]);
    expect(dial.link.dropped).toBe(false);
  });

  it("is told with session present true to a client that keeps its session", () => {
    const dial = connecting(false);
    dial.serverSays("CONNACK present");
    expect(dial.heard()).toEqual(["connect true"]);
  });

  it("is read on in the same chunk", () => {
    const dial = connecting();
    dial.serverSays("CONNACK", "PUBLISH 5 q1 a hi");
    expect(dial.heard()).toEqual(["connect false", "message a q1 hi"]);
    expect(dial.sent()).toEqual(["PUBACK 5"]);
  });

  it("is told once more after each reconnect, and counted", () => {
    const dial = dialOnline();
    expect(dial.client.stats().reconnects).toBe(0);
    dial.reconnects();
    dial.reconnects();
    expect(dial.client.stats().reconnects).toBe(2);
    expect(dial.heard().filter((line) => line === "connect false")).toHaveLength(2);
  });
});

describe("a refused connection", () => {
  const codes: [number, Status, boolean][] = [
    [1, Status.REFUSED_PROTOCOL, true],
    [2, Status.REFUSED_IDENTIFIER, true],
    [3, Status.REFUSED_UNAVAILABLE, false],
    [4, Status.REFUSED_LOGIN, true],
    [5, Status.REFUSED_AUTHORIZATION, true],
  ];
  it.each(codes)("closes at return code %i with Status %i", (code, status, longest) => {
    const dial = connecting();
    dial.serverSays(`CONNACK ${code}`);
    expect(dial.heard()).toEqual([`close ${status}`]);
    expect(dial.link.dropped).toBe(true);
    const closedAt = dial.world.now;
    const waited = dial.dials().openedAt - closedAt;
    // Chance is 0 here: an ordinary backoff would not wait at all.
    expect(waited).toBe(longest ? MAX : 0);
    expect(dial.client.stats().reconnects).toBe(0);
  });

  it("keeps what was accepted, and sends it when the server comes to its senses", () => {
    const dial = connecting();
    const id = dial.client.publish("a", "x", 1);
    dial.serverSays("CONNACK 3");
    dial.accepted();
    expect(dial.sent()).toEqual([`PUBLISH ${id} q1 a x`]);
  });
});

describe("a CONNACK that is wrong", () => {
  it("closes at session present in answer to a clean session [MQTT-3.2.2-1]", () => {
    const dial = connecting();
    dial.serverSays("CONNACK present");
    expect(dial.heard()).toEqual([`close ${Status.UNEXPECTED}`]);
    expect(dial.link.dropped).toBe(true);
  });

  const table: [string, string][] = [
    ["session present with a refusal [MQTT-3.2.2-4]", "\x20\x02\x01\x05"],
    ["a reserved return code", "\x20\x02\x00\x06"],
    ["return code 255", "\x20\x02\x00\xff"],
    ["a reserved acknowledge flag", "\x20\x02\x02\x00"],
    ["the highest acknowledge flag", "\x20\x02\x80\x00"],
    ["three octets", "\x20\x03\x00\x00\x00"],
    ["reserved flags in the fixed header [MQTT-2.2.2-2]", "\x21\x02\x00\x00"],
  ];
  it.each(table)("closes at %s", (_, octets) => {
    const dial = connecting(false);
    dial.serverSays(octets);
    const heard = dial.heard();
    expect(heard).toHaveLength(1);
    expect([`close ${Status.MALFORMED}`, `close ${Status.UNEXPECTED}`]).toContain(heard[0]);
    expect(dial.link.dropped).toBe(true);
    dial.accepted();
    expect(dial.heard()).toEqual(["connect false"]);
  });

  it("closes at a second one", () => {
    const dial = dialOnline();
    dial.serverSays("CONNACK");
    const heard = dial.heard();
    expect(heard).toHaveLength(1);
    expect([`close ${Status.MALFORMED}`, `close ${Status.UNEXPECTED}`]).toContain(heard[0]);
  });
});

describe("something else in place of CONNACK", () => {
  const packets = [
    "PUBLISH q0 a x",
    "PUBLISH 1 q1 a x",
    "PUBLISH 1 q2 a x",
    "PUBACK 1",
    "PUBREC 1",
    "PUBREL 1",
    "PUBCOMP 1",
    "SUBACK 32768 0",
    "UNSUBACK 32768",
    "PINGRESP",
  ];
  it.each(packets)("closes at %s [MQTT-3.2.0-1]", (packet) => {
    const dial = connecting();
    dial.serverSays(packet);
    expect(dial.heard()).toEqual([`close ${Status.UNEXPECTED}`]);
    expect(dial.link.dropped).toBe(true);
    expect(dial.sent()).toEqual([]);
  });

  it.each([
    "HTTP/1.1 400 Bad Request\r\n\r\n",
    "\x15\x03\x01\x00\x02\x02",
    "\x20\x00",
    "\x20\x01\x00",
    "\xff\xff\xff\xff\xff",
  ])("closes at garbage %j, at the latest after answerMs", (octets) => {
    const dial = connecting();
    dial.serverSays(octets);
    const link = dial.link;
    dial.passes(25000);
    expect(dial.heard()[0]).toMatch(
      new RegExp(`^close (${Status.MALFORMED}|${Status.UNEXPECTED}|${Status.NO_ANSWER})$`),
    );
    expect(link.dropped).toBe(true);
  });

  it("closes at a long PUBLISH before all of it is there [MQTT-3.2.0-1]", () => {
    const dial = dialUp({ inbox: 20 });
    dial.connects();
    dial.serverSays("\x30\x7f\x00\x01a");
    dial.serverSays("x".repeat(60));
    expect(dial.heard()).toEqual([`close ${Status.UNEXPECTED}`]);
  });
});

describe("a server that says nothing", () => {
  const late = (what: (dial: ReturnType<typeof dialUp>) => void) => {
    const dial = dialUp({ answerMs: 4000 });
    what(dial);
    dial.passes(3999);
    expect(dial.heard()).toEqual([]);
    dial.passes(1001);
    expect(dial.heard()).toEqual([`close ${Status.NO_ANSWER}`]);
    expect(dial.world.links[0]!.dropped).toBe(true);
    dial.accepted();
    expect(dial.heard()).toEqual(["connect false"]);
  };

  it("is left after answerMs when the link never opens", () => {
    late((dial) => dial.dials());
  });

  it("is left after answerMs when CONNACK does not come", () => {
    late((dial) => dial.connects());
  });

  it("is left after answerMs when CONNACK stops in its middle", () => {
    late((dial) => {
      dial.connects();
      dial.serverSays("\x20\x02\x00");
    });
  });
});

describe("a link that fails", () => {
  it("is UNREACHABLE when it closes before it opened", () => {
    const dial = dialUp();
    dial.dials();
    dial.serverCloses();
    expect(dial.heard()).toEqual([`close ${Status.UNREACHABLE}`]);
  });

  it("is UNREACHABLE when it is refused at once, and asked for again", () => {
    const dial = dialUp();
    dial.world.chance = 0.5;
    dial.linkRefuses();
    dial.passes(0);
    expect(dial.heard()).toEqual([`close ${Status.UNREACHABLE}`]);
    dial.linkRefuses(false);
    dial.accepted();
    expect(dial.heard().at(-1)).toBe("connect false");
  });

  it("is UNREACHABLE when it closes between CONNECT and CONNACK", () => {
    const dial = connecting();
    dial.serverCloses();
    expect(dial.heard()).toEqual([`close ${Status.UNREACHABLE}`]);
  });

  it("is CLOSED when it closes later", () => {
    const dial = dialOnline();
    dial.serverCloses();
    expect(dial.heard()).toEqual([`close ${Status.CLOSED}`]);
  });

  it("is left and asked for again when it throws at CONNECT", () => {
    const dial = dialUp({ answerMs: 4000 });
    dial.dials();
    dial.writesThrow();
    dial.opened();
    dial.passes(5000);
    expect(dial.heard()[0]).toMatch(/^close -3/);
    dial.writesThrow(false);
    dial.accepted();
    expect(dial.heard().at(-1)).toBe("connect false");
  });
});
