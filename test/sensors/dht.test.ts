// SPDX-License-Identifier: MIT
// DHT22 and DHT11 against the examples of Aosong's datasheets "AM2302" and "DHT11".

import * as driver from "../../boards/sensors/dht.js";
import { prove } from "./prove.js";
import type { Dialogue, Step } from "./stage.js";

const given = ["@dht"];
const old = ["@dht", { model: 11 }];
const measured = (octets: string, result: string, ms = 1): Step[] => [
  "! read",
  `ask ${ms}`,
  `! dht ${octets}`,
  "after 2000",
  result,
  "! timer",
];
const octets = "028c015fee";
const result = "= 0 humidity=652 temperature=351";
const good: Dialogue = {
  title: "measures the datasheet's example",
  given,
  steps: measured(octets, result),
};

const bad = (what: string, sent: string, from = given, ms = 1): Dialogue => ({
  title: `${what} (${sent})`,
  given: from,
  steps: [...measured(sent, "= -40", ms), ...measured(octets, result, ms)],
});
const faults: Dialogue[] = [bad("all zeros", "0000000000"), bad("all ones", "ffffffffff")];
for (let cut = 0; cut < 10; cut += 2) faults.push(bad("cut short", octets.slice(0, cut)));
for (let bit = 0; bit < 40; bit++) {
  const changed = BigInt(`0x${octets}`) ^ (1n << BigInt(bit));
  faults.push(bad("a bit changed", changed.toString(16).padStart(10, "0")));
}
faults.push(bad("more than 100 %", "03e90000ec"), bad("beyond 125 °C", "000104e3e8"));
faults.push(bad("below −40 °C", "000181911312".slice(0, 8) + "13"));

prove(
  "dht",
  driver,
  [
    good,
    {
      title: "measures below zero, where the sign is a bit of its own",
      given,
      steps: [
        ...measured("0292806579", "= 0 humidity=658 temperature=-101"),
        ...measured("0001806" + "5e6", "= 0 humidity=1 temperature=-101"),
      ],
    },
    {
      title: "measures with a DHT11, above and below zero",
      given: old,
      steps: [
        ...measured("3500180451", "= 0 humidity=530 temperature=244", 18),
        ...measured("350001" + "83b9", "= 0 humidity=530 temperature=-13", 18),
      ],
    },
    {
      title: "rests for two seconds",
      given,
      steps: [
        "! read",
        "ask 1",
        "! read",
        "= -48",
        `! dht ${octets}`,
        "after 2000",
        result,
        "! read",
        "= -48",
        "! timer",
        ...good.steps,
      ],
    },
  ],
  faults,
);
