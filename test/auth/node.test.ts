// SPDX-License-Identifier: MIT
// Message authentication on V8: the format's vectors, what is refused, and counters over a reboot.

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { hmac } from "../../boards/host/hmac.js";
import { type Auth, authOpen, authSign, authVerify, Counter } from "../../src/auth/node.js";
import { Status } from "../../src/status.js";
import { peerOpen, storeOpen } from "./sides.js";
import { key, vectors } from "./vectors.js";

/** A node on counters that outlive it. */
function nodeOpen(store = storeOpen(), given: unknown = key) {
  const a: Auth = {
    hmac,
    counters: store.counters,
    mac: undefined,
    signed: 0,
    kept: [0, 0],
    copy: 0,
  };
  const status = authOpen(a, given as string);
  const octets = (value: Uint8Array | string | number) =>
    typeof value === "number" ? value : Buffer.from(value as Uint8Array).toString("latin1");
  return {
    a,
    store,
    status,
    sign: (topic: string, payload: unknown) => octets(authSign(a, topic, payload)),
    verify: (topic: string, signed: string) =>
      octets(authVerify(a, topic, Buffer.from(signed, "latin1"))),
  };
}

const signedOf = (payload: string, counter: number, topic = "t") =>
  peerOpen()(topic, payload, counter);

describe("a node signs", () => {
  test.each(vectors.filter(({ signer }) => signer === "node"))(
    "as the vector for $topic says",
    ({ topic, payload, counter, signed }) => {
      const it = nodeOpen();
      it.a.signed = counter - 1;
      expect(it.sign(topic, payload)).toBe(signed);
    },
  );

  test("octets, text and numbers alike", () => {
    const signed = [new Uint8Array([50, 50]), "22", 22].map((payload) =>
      nodeOpen().sign("t", payload),
    );
    expect(new Set(signed).size).toBe(1);
    expect(nodeOpen().sign("t", undefined)).toBe(Status.INVALID_PAYLOAD);
  });

  test("no two messages alike, and writes once in 256", () => {
    const it = nodeOpen();
    const signed = Array.from({ length: 600 }, () => it.sign("t", "same"));
    expect(new Set(signed).size).toBe(600);
    expect(it.store.writes).toBe(3);
  });

  test("with larger counters after every reboot, in mid-write as well", () => {
    const store = storeOpen();
    let last = 0;
    for (let boot = 0; boot < 20; boot++) {
      const it = nodeOpen(store);
      for (let i = 0; i < 100 * boot; i++) {
        const counter = Number((it.sign("t", "x") as string).slice(2, -16));
        expect(counter).toBeGreaterThan(last);
        last = counter;
      }
      // The power goes while the older copy is written.
      store.tears(1 - it.a.copy);
    }
  });

  test("nothing that it could sign again: a store that fails, counters that are spent", () => {
    const it = nodeOpen();
    it.store.fails = true;
    expect(it.sign("t", "x")).toBe(Status.STORE_FAILED);
    expect(it.a).toMatchObject({ signed: 0, kept: [0, 0], copy: 0 });
    it.store.fails = false;
    it.a.signed = Counter.END;
    expect(it.sign("t", "x")).toBe(Status.COUNTER_SPENT);
  });

  test("with a key of 64 characters and no other", () => {
    for (const wrong of [null, "", key.slice(1), `${key}0`, 5]) {
      expect(nodeOpen(undefined, wrong).status).toBe(Status.INVALID_OPTION);
    }
    expect(nodeOpen().status).toBe(Status.OK);
  });
});

describe("a node verifies", () => {
  test.each(vectors.filter(({ signer }) => signer === "peer"))(
    "the vector for $topic",
    ({ topic, payload, signed }) => {
      expect(nodeOpen().verify(topic, signed)).toBe(payload);
    },
  );

  test("every payload of octets", () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 200 }),
        fc.integer({ min: 1, max: 9e8 }),
        (bytes, n) => {
          const payload = Buffer.from(bytes).toString("latin1");
          expect(nodeOpen().verify("t", signedOf(payload, n))).toBe(payload);
        },
      ),
    );
  });

  test("nothing with a changed octet, wherever it is", () => {
    const signed = signedOf("on", 1);
    for (let at = 0; at < signed.length; at++) {
      for (const change of [1, 128]) {
        const octet = String.fromCharCode(signed.charCodeAt(at) ^ change);
        const changed = signed.slice(0, at) + octet + signed.slice(at + 1);
        expect(nodeOpen().verify("t", changed), `octet ${at}`).toBe(Status.FORGED);
      }
    }
  });

  test("nothing that is cut, longer, another topic's, another key's, or its own", () => {
    const signed = signedOf("on", 1);
    for (let length = 0; length < signed.length; length++) {
      expect(nodeOpen().verify("t", signed.slice(0, length))).toBe(Status.FORGED);
      expect(nodeOpen().verify("t", signed.slice(length + 1))).toBe(Status.FORGED);
    }
    expect(nodeOpen().verify("t", `${signed}0`)).toBe(Status.FORGED);
    expect(nodeOpen().verify("t/", signed)).toBe(Status.FORGED);
    expect(nodeOpen(undefined, "f".repeat(64)).verify("t", signed)).toBe(Status.FORGED);
    const it = nodeOpen();
    expect(it.verify("t", it.sign("t", "on") as string)).toBe(Status.FORGED);
  });

  test("no boundary that could be moved between topic, payload and counter", () => {
    const tag = signedOf("", 12, "t").slice(-16);
    for (const [topic, counted] of [
      ["t/1", "2"],
      ["t", "/1/2"],
      ["t", "12"],
      ["t/12", ""],
    ] as const) {
      expect(nodeOpen().verify(topic, counted + tag)).toBe(Status.FORGED);
    }
  });

  test("a message once, and no older one behind it, also after a reboot", () => {
    const store = storeOpen();
    const it = nodeOpen(store);
    const [older, newer] = [signedOf("a", 4), signedOf("b", 5, "u")];
    expect(it.verify("u", newer)).toBe("b");
    expect(it.verify("u", newer)).toBe(Status.REPLAYED);
    expect(it.verify("t", older)).toBe(Status.REPLAYED);
    const again = nodeOpen(store);
    expect(again.verify("u", newer)).toBe(Status.REPLAYED);
    expect(again.verify("t", signedOf("c", 6))).toBe("c");
  });

  test("and forgets no counter when the power goes in mid-write", () => {
    const store = storeOpen();
    for (let counter = 1; counter < 30; counter++) {
      const it = nodeOpen(store);
      expect(it.verify("t", signedOf("x", counter))).toBe("x");
      store.tears(1 - it.a.copy);
      expect(nodeOpen(store).verify("t", signedOf("x", counter))).toBe(Status.REPLAYED);
    }
  });

  test("and hands on nothing that it cannot keep; the same message is taken later", () => {
    const it = nodeOpen();
    const signed = signedOf("on", 1);
    it.store.fails = true;
    expect(it.verify("t", signed)).toBe(Status.STORE_FAILED);
    it.store.fails = false;
    expect(it.verify("t", signed)).toBe("on");
  });

  test("with one write for each message it accepts and none for those it refuses", () => {
    const it = nodeOpen();
    const signed = signedOf("on", 1);
    for (let i = 0; i < 5; i++) it.verify("t", signed);
    it.verify("t", "rubbish".repeat(9));
    expect(it.store.writes).toBe(1);
  });
});
