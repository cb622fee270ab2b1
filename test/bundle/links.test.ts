// SPDX-License-Identifier: MIT
// Connections of the bundle: torn, refused, unreachable, ended, opened again.

import { expect, test } from "vitest";
import { until } from "../boards/broker.js";
import { freePort } from "./mosquitto.js";
import { inEach, places } from "./places.js";
import { proxyOpen } from "./proxy.js";
import { messages, stageOpen, tell } from "./stage.js";

inEach(places, "connections", (place) => {
  test("that are torn let the server publish the will [MQTT-3.1.2-8]", async () => {
    const { run, peer, server } = await stageOpen(place);
    const { heard } = await peer();
    const proxy = await proxyOpen(server.port);
    const program = run(
      `open({ will: { topic: "will/°", payload: "gone °", qos: 2, retain: true } });`,
      proxy.port,
    );
    await tell(program, "connect");
    proxy.cut();
    await until(() => heard.length);
    expect(heard).toMatchObject([{ topic: "will/°", qos: 2, retain: false }]);
    expect(heard[0]!.payload.toString()).toBe("gone °");
    // It comes back by itself.
    await tell(program, "connect", 2);
    expect(program.told("close")).toEqual([-31]);
    await proxy.close();
  });

  test("that are ended leave no will, and another can be opened [MQTT-3.14.4-3]", async () => {
    const { run, peer } = await stageOpen(place);
    const { heard } = await peer();
    const program = run(`
      var c = open({ will: { topic: "will", payload: "gone" } }), second;
      c.on("connect", function () {
        result("one", ringlet.connect({ host: "127.0.0.1", port: PORT }));
        c.publish("last", "word");
        c.end();
        result("late", c.publish("late", "word", 1));
      });
      c.on("close", function (status) {
        result("close", status);
        second = open({ clientId: "other" });
        second.subscribe("s", 1);
        second.on("subscribed", function () { second.publish("s", "again", 2); });
      });`);
    await tell(program, "message");
    expect(program.told("one")).toEqual([-8]);
    expect(program.told("late")).toEqual([-5]);
    expect(program.told("close")).toEqual([0]);
    await until(() => heard.length >= 2);
    expect(heard.map(({ topic, payload }) => `${topic} ${payload}`)).toEqual([
      "last word",
      "s again",
    ]);
  });

  test("that the server refuses are told by their return code [MQTT-3.2.2-5]", async () => {
    const { run, server } = await stageOpen(place, true);
    const program = run(`
      var c = open({ username: "somebody", password: "wrong", reconnect: { min: 10, max: 50 } });`);
    await tell(program, "close", 3);
    expect(new Set(program.told("close"))).toEqual(new Set([server.refusal]));
    expect(program.told("connect")).toEqual([]);
  });

  test("to a port where nobody listens are tried until somebody does", async () => {
    const { run, server } = await stageOpen(place);
    await server.stop();
    const program = run(`
      var c = open({ reconnect: { min: 10, max: 50 } });
      result("id", c.publish("a", "later", 1));`);
    await tell(program, "close", 4);
    expect(new Set(program.told("close"))).toEqual(new Set([-32]));
    await server.start();
    await tell(program, "delivered");
    expect(program.told("delivered")).toEqual(program.told("id"));
  });

  test("to an unknown host are told as UNREACHABLE, and tried again", async () => {
    const { run } = await stageOpen(place);
    const program = run(
      `open({ host: "no-such-host.invalid", reconnect: { min: 10, max: 50 } });`,
      await freePort(),
    );
    const closes = await tell(program, "close", 2, 50000);
    // The host learns it after it has told `connect`, where a board throws: CLOSED there.
    const allowed = place.binary ? [-32] : [-32, -31];
    expect(closes.filter((status) => !allowed.includes(status))).toEqual([]);
  }, 60000);

  test("lost to a server that stops are made again when it starts", async () => {
    const { run, server } = await stageOpen(place);
    const program = run(`
      var c = open({ cleanSession: false }), n = 0, accepted = 0, lost = 0;
      c.subscribe("s", 1);
      function back() {
        // The outbox may be full of what is sent again.
        if (c.publish("s", "back", 1) < 0) setTimeout(back, 20);
      }
      function more() {
        if (n++ >= 60) return result("accepted", [accepted, lost]);
        if (c.publish("n", "" + n, 1 + n % 2) > 0) accepted++; else lost++;
        if (n === 20) result("stop", 0);
        setTimeout(more, 10);
      }
      c.on("subscribed", function () {
        result("subscribed", 0);
        if (n < 1) more();
        else back();
      });`);
    await tell(program, "stop");
    await server.stop();
    await tell(program, "accepted");
    const [accepted, lost] = program.told("accepted")[0];
    // The outbox held 16 of those, and the rest was refused, not forgotten.
    expect(accepted + lost).toBe(60);
    expect(accepted).toBeGreaterThan(25);
    await server.start();
    await until(
      () => program.told("delivered").length + program.told("uncertain").length >= accepted,
    );
    expect(new Set(program.told("close"))).toEqual(new Set([-31, -32]));
    if (place.broker === "mosquitto") {
      // It has forgotten the session: the subscription was made again.
      await until(() => messages(program).some(({ payload }) => `${payload}` === "back"));
    }
    await tell(program, "room");
    expect(program.told("error")).toEqual([]);
  });

  test("drained, all that was accepted is delivered and the client has ended", async () => {
    const { run, peer } = await stageOpen(place);
    const { heard } = await peer();
    const program = run(`
      var c = open(), ids = [];
      for (var i = 0; i < 16; i++) ids.push(c.publish("d", "" + i, 1 + i % 2));
      result("ids", ids);
      c.drain(10000, function (status, left) {
        result("drained", [status, left, c.publish("d", "late", 1)]);
        finish();
      });`);
    await tell(program, "finished");
    expect(program.told("drained")).toEqual([[0, 0, -5]]);
    expect(program.told("delivered").sort()).toEqual(program.told("ids")[0].sort());
    expect(program.told("close")).toEqual([0]);
    await until(() => heard.length >= 16);
    expect(heard.length).toBe(16);
  });

  test("drained without a server, the time is kept and what is left is told", async () => {
    const { run } = await stageOpen(place);
    const program = run(
      `var c = open(), from = getTime();
      c.publish("d", "1", 1);
      c.publish("d", "2", 2);
      c.drain(300, function (status, left) {
        result("drained", [status, left, Math.round((getTime() - from) * 1000)]);
        finish();
      });`,
      await freePort(),
    );
    await tell(program, "finished");
    const [status, left, ms] = program.told("drained")[0];
    expect([status, left]).toEqual([-33, 2]);
    expect(ms).toBeGreaterThan(280);
    expect(ms).toBeLessThan(2000);
  });
});
