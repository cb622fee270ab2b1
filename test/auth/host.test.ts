// SPDX-License-Identifier: MIT
// `ringlet/auth` in Node: both sides talk, their counters in files.

import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { newKey, nodeSide, peerSide, Status } from "../../boards/host/auth.js";
import { key, vectors } from "./vectors.js";

function folderOpen() {
  const folder = mkdtempSync(join(tmpdir(), "ringlet-auth-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return { node: join(folder, "node"), peer: join(folder, "peer"), folder };
}

const bytes = (octets: string) => Buffer.from(octets, "latin1");
const text = (result: Uint8Array | Status) =>
  typeof result === "number" ? result : Buffer.from(result).toString("utf8");

describe("both sides", () => {
  test("understand each other, also after they were started again", () => {
    const files = folderOpen();
    const secret = newKey();
    for (let start = 0; start < 3; start++) {
      const node = nodeSide({ key: secret, file: files.node });
      const peer = peerSide({ key: secret, file: files.peer });
      for (let i = 0; i < 3; i++) {
        const said = node.sign("up", `${i} °C`) as Uint8Array;
        expect(text(peer.verify("up", said))).toBe(`${i} °C`);
        expect(peer.verify("up", said)).toBe(Status.REPLAYED);
        const told = peer.sign("down", i) as Uint8Array;
        expect(text(node.verify("down", told))).toBe(`${i}`);
        expect(node.verify("down", told)).toBe(Status.REPLAYED);
      }
    }
  });

  test("do not take their own messages, or those of other keys", () => {
    const files = folderOpen();
    const peer = peerSide({ key, file: files.peer });
    expect(peer.verify("t", peer.sign("t", "x") as Uint8Array)).toBe(Status.FORGED);
    const other = nodeSide({ key: newKey(), file: files.node });
    expect(peer.verify("t", other.sign("t", "x") as Uint8Array)).toBe(Status.FORGED);
  });
});

describe("the side that nodes talk to", () => {
  test.each(vectors.filter(({ signer }) => signer === "node"))(
    "verifies the vector for $topic",
    ({ topic, payload, signed }) => {
      const peer = peerSide({ key, file: folderOpen().peer });
      expect(text(peer.verify(topic, bytes(signed)))).toBe(payload);
    },
  );

  test("signs as the vector says", () => {
    const { topic, payload, signed } = vectors.find(({ signer }) => signer === "peer")!;
    const peer = peerSide({ key, file: folderOpen().peer });
    expect(Buffer.from(peer.sign(topic, payload) as Uint8Array)).toEqual(bytes(signed));
  });

  test("lets messages of different topics overtake each other, and none of the same", () => {
    const files = folderOpen();
    const node = nodeSide({ key, file: files.node });
    const peer = peerSide({ key, file: files.peer });
    const [first, second, third] = ["a", "b", "a"].map(
      (topic) => node.sign(topic, topic) as Uint8Array,
    );
    expect(text(peer.verify("b", second!))).toBe("b");
    expect(text(peer.verify("a", third!))).toBe("a");
    expect(peer.verify("a", first!)).toBe(Status.REPLAYED);
  });

  test("knows its counters after a line that was torn", () => {
    const files = folderOpen();
    const node = nodeSide({ key, file: files.node });
    const said = node.sign("t", "x") as Uint8Array;
    peerSide({ key, file: files.peer }).verify("t", said);
    appendFileSync(files.peer, '["t",');
    const again = peerSide({ key, file: files.peer });
    expect(again.verify("t", said)).toBe(Status.REPLAYED);
    expect(text(again.verify("t", node.sign("t", "y") as Uint8Array))).toBe("y");
  });

  test("keeps a file that does not grow with the number of messages", () => {
    const files = folderOpen();
    const node = nodeSide({ key, file: files.node });
    const peer = peerSide({ key, file: files.peer });
    for (let i = 0; i < 10050; i++) peer.verify("t", node.sign("t", "x") as Uint8Array);
    expect(readFileSync(files.peer, "utf8").split("\n").length).toBeLessThan(100);
    expect(text(peer.verify("t", node.sign("t", "last") as Uint8Array))).toBe("last");
  });
});

describe("what makes no sense is refused with a sentence that does not hold the key", () => {
  test.each([
    ["a short key", { key: "abcd", file: "f" }, /64 hexadecimal digits/],
    ["a key that is no hexadecimal", { key: "g".repeat(64), file: "f" }, /64 hexadecimal digits/],
    ["no key", { file: "f" }, /64 hexadecimal digits/],
    ["no file", { key }, /the path of a file/],
  ])("%s", (_what, options, sentence) => {
    for (const side of [nodeSide, peerSide]) {
      const act = () => side(options as { key: string; file: string });
      expect(act).toThrow(TypeError);
      expect(act).toThrow(sentence);
      expect(act).not.toThrow(new RegExp((options as { key?: string }).key ?? "\0"));
    }
  });

  test("a file that cannot be written is a Status", () => {
    const { folder } = folderOpen();
    const node = nodeSide({ key, file: join(folder, "none", "node") });
    expect(node.sign("t", "x")).toBe(Status.STORE_FAILED);
    const peer = peerSide({ key, file: join(folder, "none", "peer") });
    expect(peer.sign("t", "x")).toBe(Status.STORE_FAILED);
    mkdirSync(join(folder, "taken"));
    expect(() => peerSide({ key, file: join(folder, "taken") })).toThrow(/EISDIR/);
    writeFileSync(join(folder, "rubbish"), "rubbish\n");
    expect(text(peerSide({ key, file: join(folder, "rubbish") }).sign("t", "x"))).toMatch(/^x\/1/);
  });
});
