// SPDX-License-Identifier: MIT
// State over a restart: what a snapshot keeps, files that are whole or put aside, and a gateway that is stopped
// and started between a sleeper and the server.

import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { configFrom } from "../../gateway/src/config.js";
import { gatewayRun } from "../../gateway/src/run.js";
import { sessionFrom, snapshotOf } from "../../gateway/src/snapshot.js";
import { storeOpen } from "../../gateway/src/store.js";
import { until } from "../boards/broker.js";
import { gatewayDial } from "./fake.js";
import { brokerStage, gatewayStage, mqttPeer, rawPeer, silent } from "./stage.js";

function folderStage(): string {
  const folder = mkdtempSync(join(tmpdir(), "ringlet-gateway-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return folder;
}

/** A gateway with a sleeper that has all there is to keep. */
function asleep() {
  const dial = gatewayDial({ predefined: { "p/q": 7 } }).connects("CONNECT will 60 c");
  dial.says("WILLTOPIC q1 retain w", "WILLMSG \xff", "SUBSCRIBE 1 q2 a/b", "SUBSCRIBE 2 q1 =7");
  dial.says("PUBLISH 9 q2 'ab' up", "DISCONNECT 300");
  dial.sends("c", "a/b", "\0\xff one", 2);
  dial.sends("c", "p/q", "two", 1);
  dial.says("PINGREQ c");
  dial.heard();
  return dial;
}

test("a session comes back with all it had, the message under way included", () => {
  const kept = JSON.parse(JSON.stringify(snapshotOf(asleep().session("c"))));
  const { g, says, heard, passes, asked, server, session } = gatewayDial({
    predefined: { "p/q": 7 },
  });
  const s = sessionFrom(g, kept)!;
  server.sessions.add("c");
  g.upstream.connect(s, false);
  asked();
  // PUBREL of before the restart: that message was the server's already.
  says("PINGREQ c", "PUBLISH 9 q2 dup 'ab' up", "PUBREC 1", "PUBCOMP 1", "PUBACK 7 2 0");
  expect(heard()).toEqual([
    "PUBLISH 1 q2 dup #1 \0\xff one",
    "PUBREC 9",
    "PUBREL 1",
    "PUBLISH 2 q1 =7 two",
    "PINGRESP",
  ]);
  expect([asked(), g.queued]).toEqual([[], 0]);
  passes(330000);
  expect(asked()).toEqual(["publish c w q1 retain \xff", "disconnect c"]);
  expect([...session("c").subscriptions]).toEqual([
    ["a/b", 2],
    ["p/q", 1],
  ]);
});

test("what waits for a client that is just connecting is kept", () => {
  const dial = asleep();
  dial.server.isEager = false;
  dial.says("CONNECT 60 c");
  expect(snapshotOf(dial.session("c"))).toMatchObject({ state: 3, queue: [{}, {}] });
  dial.says("DISCONNECT", "CONNECT 60 c");
  expect(snapshotOf(dial.session("c"))).toMatchObject({ state: 0, queue: [{}, {}] });
});

test("a client whose link is gone, or who may not come any more", () => {
  const kept = snapshotOf(asleep().session("c"))!;
  const moved = gatewayDial({ link: { name: "other" } });
  sessionFrom(moved.g, kept);
  moved.says("PINGREQ c", "CONNECT 60 c");
  expect(moved.heard()).toEqual(["DISCONNECT", "CONNACK 0", "REGISTER 1 2 a/b"]);
  const strict = gatewayDial({ onlyListed: true });
  expect(sessionFrom(strict.g, kept)).toBe(undefined);
});

test("of clean sessions that have ended nothing is kept, and files go with their sessions", async () => {
  const folder = folderStage();
  const store = storeOpen(folder);
  const { g, says, at, passes } = gatewayDial();
  says("CONNECT clean 60 c");
  at("b").says("CONNECT 60 d", "SUBSCRIBE 1 q1 a");
  await store.save(g);
  expect(readdirSync(folder).length).toBe(2);
  says("DISCONNECT");
  await store.save(g);
  expect(readdirSync(folder).length).toBe(1);
  at("b").says("DISCONNECT");
  passes(86400000);
  await store.save(g);
  expect([g.sessions.size, readdirSync(folder)]).toEqual([0, []]);
});

test("files that are no sessions are put aside", async () => {
  const folder = folderStage();
  const { g } = asleep();
  await storeOpen(folder).save(g);
  const whole = JSON.stringify(snapshotOf(g.sessions.get("c")!));
  writeFileSync(join(folder, "a.json"), whole.slice(0, 99));
  writeFileSync(join(folder, "b.json"), "null");
  writeFileSync(join(folder, "c.json"), `{"format":1,"clientId":"x"}`);
  writeFileSync(join(folder, "d.json.new"), "half");
  const fresh = gatewayDial().g;
  expect(
    storeOpen(folder)
      .load(fresh)
      .map(({ clientId }) => clientId),
  ).toEqual(["c"]);
  expect(fresh.sessions.size).toBe(1);
  const aside = readdirSync(folder).filter((name) => name.endsWith(".bad"));
  expect(aside).toEqual(["a.json.bad", "b.json.bad", "c.json.bad"]);
});

test("a gateway is stopped and started while a client sleeps: it wakes as if nothing was", async () => {
  const broker = await brokerStage();
  const peer = await mqttPeer(broker.port, "none");
  const state = folderStage();
  const first = await gatewayRun(
    configFrom({
      broker: { url: `mqtt://127.0.0.1:${broker.port}` },
      links: [{ type: "udp", host: "127.0.0.1", port: 0 }],
      state,
    }),
    silent,
  );
  const port = first.ports["udp"]!;
  const raw = await rawPeer(port);
  const hears = (word: string) => until(() => raw.heard.includes(word));
  raw.says("CONNECT 60 c");
  await hears("CONNACK 0");
  raw.says("SUBSCRIBE 1 q1 a/b");
  await hears("SUBACK q1 1 1 0");
  raw.says("DISCONNECT 300");
  await hears("DISCONNECT");
  await peer.client.publishAsync("a/b", "before", { qos: 1 });
  await until(() => first.health().waiting === 1);
  await first.close();
  await peer.client.publishAsync("a/b", "between", { qos: 1 });
  const second = await gatewayStage(broker.port, {
    links: [{ type: "udp", host: "127.0.0.1", port }],
    state,
  });
  await until(() => second.health().waiting === 2);
  raw.heard.length = 0;
  raw.says("PINGREQ c");
  await hears("PUBLISH 1 q1 #1 before");
  raw.says("PUBACK 1 1 0");
  await hears("PUBLISH 2 q1 #1 between");
  raw.says("PUBACK 1 2 0");
  await hears("PINGRESP");
  expect(raw.heard.length).toBe(3);
});
