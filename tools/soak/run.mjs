// SPDX-License-Identifier: MIT
// `npm run soak [-- espruino | lua | v8] [--weeks N]`: simulated weeks on each engine, with a summary and
// an exit status. `npm run soak -- --real 1h [--broker mqtt://host]`: that time on the clock, with the
// package and a broker; without one, an embedded one on loopback.

import { parseArgs } from "node:util";
import { faults, places } from "./engines.mjs";
import { soakReally } from "./real.mjs";

const USAGE = `npm run soak [-- ${Object.keys(places).join(" | ")}] [--weeks N] [--hours N]
npm run soak -- --real 30s | 10m | 1h [--broker mqtt://host:port]`;

function usage(why) {
  console.error(`${why}\n${USAGE}`);
  return 2;
}

/** One place: says what it found, and how long it took; whether all was well. */
async function soaks(place, seconds) {
  if (place.run === undefined) {
    console.log(`${place.title}: skipped, ${place.missing}`);
    return true;
  }
  const began = Date.now();
  const found = await place.run(seconds, () => {});
  const wrong = faults(place, found);
  const took = Math.round((Date.now() - began) / 1000);
  const { published, received, again, connects, cuts, silences, pings } = found;
  const memory =
    place.grows === undefined
      ? "memory is not counted there"
      : `memory ${found.warm} ${place.unit} warm, ${found.last} at the end, ${found.most} at most, ` +
        `${found.samples} counts`;
  console.log(`${place.title}: ${(found.over / 3600).toFixed(1)} hours in ${took} s
  ${published} messages up, ${received} down, ${again} sent again; ${found.subscribed} SUBSCRIBEs and UNSUBSCRIBEs
  packet identifiers wrapped ${found.wraps} and ${found.subscribeWraps} times; ${connects} connections, ${cuts} cuts, ${silences} silences, ${pings} PINGREQs${
    found.clockWraps === undefined
      ? ""
      : `\n  the clock wrapped ${found.clockWraps} times and was read ${found.clockReads} times`
  }
  ${memory}`);
  for (const one of wrong) console.log(`  WRONG: ${one}`);
  return wrong.length < 1;
}

async function main() {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      weeks: { type: "string", default: "2" },
      hours: { type: "string" },
      real: { type: "string" },
      broker: { type: "string" },
    },
  });
  if (values.real !== undefined) return soakReally(values.real, values.broker);
  const unknown = positionals.filter((name) => !(name in places));
  if (unknown.length > 0) return usage(`There is no engine "${unknown.join('", "')}".`);
  const hours = Number(values.hours ?? Number(values.weeks) * 168);
  if (!(hours >= 3)) return usage("Three hours at least: memory is counted once in each.");
  const wanted = positionals.length > 0 ? positionals : Object.keys(places);
  let isWell = true;
  for (const name of wanted) {
    for (const place of places[name]) {
      if (!(await soaks(place, Math.round(hours * 3600)))) isWell = false;
    }
  }
  console.log(isWell ? "All is well." : "Something is wrong.");
  return isWell ? 0 : 1;
}

process.exitCode = await main();
