// SPDX-License-Identifier: MIT
// Coming back: full jitter up to a bound that doubles, a bound that starts anew after a steady
// connection, and what three early losses in a row mean.

import { describe, expect, it } from "vitest";
import { Limit } from "#limits";
import { Status } from "../../src/status.js";
import { type Dial, dialUp } from "../fake.js";

/** Milliseconds from a loss of the connection to the next attempt. */
function delayAfter(dial: Dial, lose: () => void): number {
  const before = dial.world.now;
  lose();
  return dial.dials().openedAt - before;
}

function fails(dial: Dial, times: number): number[] {
  return Array.from({ length: times }, () => delayAfter(dial, () => dial.serverCloses()));
}

function dialling(chance: number, reconnect = { min: 1000, max: 60000 }) {
  const dial = dialUp({ reconnect });
  dial.world.chance = chance;
  dial.dials();
  return dial;
}

describe("the delay", () => {
  it("is any time up to a bound that doubles to the longest", () => {
    const bounds = [1000, 2000, 4000, 8000, 16000, 32000, 60000, 60000, 60000];
    for (const chance of [0, 0.25, 0.5, 0.999]) {
      const delays = fails(dialling(chance), bounds.length);
      delays.forEach((delay, i) => {
        expect(Math.abs(delay - bounds[i]! * chance)).toBeLessThanOrEqual(1);
      });
    }
  });

  it("never goes beyond a longest one that is no power of two", () => {
    const delays = fails(dialling(0.9999, { min: 700, max: 1000 }), 5);
    expect(Math.max(...delays)).toBeLessThanOrEqual(1000);
    expect(delays[4]).toBeGreaterThan(990);
  });

  it("has the bounds of the profile by default", () => {
    const dial = dialUp();
    dial.world.chance = 0.5;
    dial.dials();
    const delays = fails(dial, 12);
    expect(delays[0]).toBe(Limit.RECONNECT_MIN_MS / 2);
    expect(delays[11]).toBe(Limit.RECONNECT_MAX_MS / 2);
  });

  it("goes on growing over links that are refused at once", () => {
    const dial = dialUp({ reconnect: { min: 1000, max: 60000 } });
    dial.world.chance = 0.5;
    dial.linkRefuses();
    dial.passes(0);
    dial.passes(500 + 1000 + 2000);
    expect(dial.heard()).toEqual(Array(4).fill(`close ${Status.UNREACHABLE}`));
    dial.passes(3999);
    expect(dial.heard()).toEqual([]);
  });

  it("does not start anew with a connection that is lost early", () => {
    const dial = dialling(0.5);
    const delays = [1, 2, 3].map(() => {
      dial.opened();
      dial.serverSays("CONNACK");
      dial.passes(1000);
      return delayAfter(dial, () => dial.serverCloses());
    });
    expect(delays).toEqual([500, 1000, 2000]);
  });

  it("starts anew after a connection that was steady", () => {
    const dial = dialling(0.5);
    fails(dial, 4);
    dial.opened();
    dial.serverSays("CONNACK");
    dial.passes(Limit.STEADY_MS + 6000);
    expect(delayAfter(dial, () => dial.serverCloses())).toBe(500);
  });

  it("does not start anew with a connection that only waited for CONNACK long", () => {
    const dial = dialling(0.5);
    fails(dial, 3);
    dial.opened();
    dial.passes(14000);
    dial.serverSays("CONNACK");
    dial.passes(1000);
    expect(delayAfter(dial, () => dial.serverCloses())).toBe(4000);
  });

  it("looks the name up anew each time: the port is asked with the host", () => {
    const dial = dialling(0);
    fails(dial, 3);
    expect(dial.world.links.map((link) => link.host)).toEqual(Array(4).fill("server"));
  });
});

describe("three connections lost early in a row", () => {
  const early = (dial: Dial) => {
    dial.opened();
    dial.serverSays("CONNACK");
    dial.passes(100);
    dial.serverCloses();
    dial.dials();
  };
  const told = (dial: Dial) => dial.heard().filter((line) => line === `error ${Status.TAKEN_OVER}`);

  it("are told as another client with this client identifier", () => {
    const dial = dialling(0.1);
    early(dial);
    early(dial);
    expect(told(dial)).toEqual([]);
    early(dial);
    expect(told(dial)).toHaveLength(1);
    early(dial);
    expect(told(dial)).toEqual([]);
  });

  it("are not when a steady one lies between", () => {
    const dial = dialling(0.1);
    early(dial);
    early(dial);
    dial.opened();
    dial.serverSays("CONNACK");
    dial.passes(Limit.STEADY_MS + 6000);
    dial.serverCloses();
    dial.dials();
    early(dial);
    expect(told(dial)).toEqual([]);
  });

  it("are not when they were never accepted", () => {
    const dial = dialling(0.1);
    for (let i = 0; i < 5; i++) {
      dial.opened();
      dial.serverCloses();
      dial.dials();
    }
    expect(told(dial)).toEqual([]);
  });

  it("are not when it was we who closed", () => {
    const dial = dialling(0.1);
    for (let i = 0; i < 5; i++) {
      dial.opened();
      dial.serverSays("CONNACK", "\x00\x00");
      dial.dials();
    }
    expect(told(dial)).toEqual([]);
  });
});
