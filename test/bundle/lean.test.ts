// SPDX-License-Identifier: MIT
// The lean client's bundle: messages both ways, and coming back to a server that was away.

import { expect, test } from "vitest";
import { until } from "../boards/broker.js";
import { inEach, places } from "./places.js";
import { stageOpen, tell } from "./stage.js";

const lean = `
  var c = require("ringlet-lean").connect({ host: "127.0.0.1", port: PORT, clientId: "lean",
    will: { topic: "gone", payload: "lean" } });
  function hears(name) {
    return function (topic, payload) { result(name, [topic, btoa(payload)]); };
  }
  c.on("message", hears("message"));
  c.on("close", function (status) { result("close", status); });
  c.on("error", function (error) { result("error", "" + error); });`;

inEach(places, "the lean client", (place) => {
  test("publishes, and calls the handlers that match", async () => {
    const { run, peer } = await stageOpen(place);
    const { heard, publish } = await peer();
    const program = run(`${lean}
      result("early", [c.publish("a", "x"), c.publish("", "x"), c.publish("a/+", "x"), c.publish("a", "x", 1)]);
      c.subscribe("to/+", 0, hears("one"));
      c.subscribe("to/#", 0, function () { throw new Error("oops"); });
      c.subscribe("other", 0);
      c.on("connect", function () {
        result("sent", [c.publish("from/°C", "°", 0), c.publish("from/b", 22.5)]);
        c.publish("other", "back");
      });`);
    await tell(program, "message");
    await publish("to/a", Buffer.alloc(200, 255));
    await tell(program, "error");
    await publish("to", "");
    await tell(program, "error", 2);
    expect(program.told("early")).toEqual([[-30, -1, -1, -3]]);
    expect(program.told("sent")).toEqual([[0, 0]]);
    expect(program.told("message")).toEqual([["other", "YmFjaw=="]]);
    expect(program.told("one")).toEqual([["to/a", Buffer.alloc(200, 255).toString("base64")]]);
    await until(() => heard.length > 3);
    const words = heard.map(({ topic, payload }) => `${topic} ${payload}`);
    expect(words).toContain("from/°C °");
    expect(words).toContain("from/b 22.5");
  });

  test("comes back to a server that was away, subscribes again, and ends", async () => {
    const { run, peer, server } = await stageOpen(place);
    const { publish } = await peer();
    const program = run(`${lean}
      c.subscribe("a", 0, hears("a"));
      c.subscribe("end", 0, function () { c.end(); result("ended", c.publish("a", "x")); });
      c.on("connect", function () { c.publish("a", "me"); });`);
    await tell(program, "a");
    await server.stop();
    await tell(program, "close");
    await server.start();
    await tell(program, "a", 2);
    await publish("end", "");
    expect(await tell(program, "ended")).toEqual([-30]);
  });
});
