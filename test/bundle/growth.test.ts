// SPDX-License-Identifier: MIT
// Memory on real interpreters: after a warm-up, 1,000 messages each way at each QoS must not leave
// a single variable of the pool behind.

import { expect, test } from "vitest";
import { inEach, interpreters } from "./places.js";
import { stageOpen, tell } from "./stage.js";

/** Echoes `count` messages at one QoS after the other, then tells how many variables are used. */
const PROGRAM = `
  var c = open({ answerMs: 4000 }), qos = 0, sent = 0, got = 0, done = 0, count = 100, round = 0, refused = 0;
  c.subscribe("echo", 2, function () { got++; });
  c.on("delivered", function () { done++; });
  c.on("room", undefined);
  c.on("subscribed", function () { step(); });
  function step() {
    // At most 8 are under way: at QoS 0 what the link does not take is refused.
    while (sent < count && sent - got < 8 && (qos < 1 || sent - done < 8)) {
      if (c.publish("echo", "0123456789", qos) < 0) { refused++; break; }
      sent++;
    }
    if (got < count || (qos > 0 && done < count)) return setTimeout(step, 1);
    sent = got = done = 0;
    qos++;
    if (qos < 3) return setTimeout(step, 1);
    qos = 0;
    // Two ticks, at which what was awaited is forgotten: only what stays is to be counted.
    setTimeout(measure, 2500);
  }
  function measure() {
    result("usage", process.memory().usage);
    count = 1000;
    if (++round < 3) step();
    else { result("stats", c.stats()); finish(); }
  }`;

inEach(interpreters, "memory", (place) => {
  test("does not grow by 1,000 messages each way at each QoS", async () => {
    const { run } = await stageOpen(place);
    const program = run(PROGRAM);
    await tell(program, "finished", 1, 80000);
    const [warm, once, twice] = program.told("usage");
    console.log(`${place.title}: ${warm} variables after 300 messages, ${once} after 3,000 more,`);
    console.log(`${twice} after another 3,000`);
    // One variable came and went between runs against aedes, none against mosquitto. What grew with
    // the messages would be thousands.
    expect(once - warm).toBeLessThanOrEqual(1);
    expect(twice - warm).toBeLessThanOrEqual(1);
    expect(program.told("error")).toEqual([]);
  }, 90000);
});
