// SPDX-License-Identifier: MIT
// Subscriptions with handlers of their own, wildcards, and handlers that throw, on the bundle.

import { expect, test } from "vitest";
import { until } from "../boards/broker.js";
import { inEach, places } from "./places.js";
import { messages, stageOpen, tell } from "./stage.js";

inEach(places, "handlers", (place) => {
  test("get what their filters match, and `message` the rest", async () => {
    const { run, peer } = await stageOpen(place);
    const { publish } = await peer();
    const program = run(`
      var c = open(), granted = 0;
      function named(name) { return function (topic, payload) { result(name, topic); }; }
      c.subscribe("a/+/c", 0, named("plus"));
      c.subscribe("b/#", 1, named("hash"));
      c.subscribe("/+", 2, named("root"));
      c.subscribe("d/e", 1);
      c.on("subscribed", function () { if (++granted === 4) result("ready", 0); });`);
    await tell(program, "ready");
    const topics = ["a/b/c", "a//c", "a/b", "a/b/c/d", "b", "b/c/d", "/x", "/x/y", "d/e"];
    for (const topic of topics) await publish(topic, topic, 1);
    await tell(program, "message");
    expect(program.told("plus")).toEqual(["a/b/c", "a//c"]);
    expect(program.told("hash")).toEqual(["b", "b/c/d"]);
    expect(program.told("root")).toEqual(["/x"]);
    expect(messages(program).map(({ topic }) => topic)).toEqual(["d/e"]);
  });

  test("get nothing more after an unsubscribe", async () => {
    const { run, peer } = await stageOpen(place);
    const { publish } = await peer();
    const program = run(`
      var c = open();
      c.subscribe("a", 1, function () {
        result("a", c.unsubscribe("a"));
      });
      c.subscribe("b", 1);
      c.on("unsubscribed", function (id) {
        result("unsubscribed", id);
        result("again", c.unsubscribe("a"));
      });`);
    await tell(program, "subscribed", 2);
    await publish("a", "1", 1);
    await tell(program, "unsubscribed");
    await publish("a", "2", 1);
    await publish("b", "3", 1);
    await tell(program, "message");
    expect(program.told("a").length).toBe(1);
    expect(program.told("again")).toEqual([-6]);
    expect(program.told("unsubscribed")).toEqual(program.told("a"));
    expect(messages(program).map(({ topic }) => topic)).toEqual(["b"]);
  });

  test("that throw are told to `error`, and nothing is lost", async () => {
    const { run, peer } = await stageOpen(place);
    const { heard, publish } = await peer();
    const program = run(`
      var c = open(), n = 0;
      c.subscribe("t", 2, function (topic, payload) {
        result("got", payload);
        if (n++ % 2 === 0) throw new Error("thrown " + payload);
      });
      c.on("delivered", function (id) { result("delivered", id); throw "from delivered"; });
      c.on("subscribed", function () {
        result("subscribed", 0);
        for (var i = 0; i < 4; i++) c.publish("echo", "e" + i, 1);
      });`);
    await tell(program, "subscribed");
    for (let n = 0; n < 10; n++) void publish("t", `${n}`, (n % 3) as 0 | 1 | 2);
    await tell(program, "got", 10);
    await tell(program, "delivered", 4);
    expect(program.told("got").sort()).toEqual(Array.from({ length: 10 }, (_, n) => `${n}`));
    const errors: string[] = program.told("error");
    expect(errors.filter((error) => error.includes("thrown")).length).toBe(5);
    expect(errors.filter((error) => error === "from delivered").length).toBe(4);
    const echoes = () => heard.filter(({ topic }) => topic === "echo").length;
    await until(() => echoes() >= 4);
    expect(echoes()).toBe(4);
    expect(program.told("close")).toEqual([]);
    expect(program.lines.filter((line) => line.includes("Uncaught"))).toEqual([]);
  });

  test("that throw where nobody listens to `error` are printed", async () => {
    const { run } = await stageOpen(place);
    const program = run(`
      var c = open(), n = 0;
      c.on("error", undefined);
      c.subscribe("t", 0, function (topic, payload) {
        result("got", payload);
        if (n++ < 1) throw new Error("for everybody");
      });
      c.on("subscribed", function () { c.publish("t", "1"); c.publish("t", "2"); });`);
    await tell(program, "got", 2);
    expect(program.lines.join("\n")).toContain("for everybody");
    expect(program.told("close")).toEqual([]);
  });
});
