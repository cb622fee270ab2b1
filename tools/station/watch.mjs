// SPDX-License-Identifier: MIT
// Shows what a broker sees of one node: from the embedded broker's own events, or through a client
// of our own where the broker is somebody else's.

const since = Date.now();

/** Quantities of a report, with how many decimals it tells of them, and their units. */
const UNITS = {
  temperature: [2, "°C"],
  humidity: [2, "% humidity"],
  pressure: [0, "Pa"],
  illuminance: [1, "lx"],
  soil: [0, "% soil moisture"],
};

/** A report for people: its quantities with units, and what failed. */
function shown({ fault = {}, ...quantities }) {
  const known = Object.keys(UNITS).filter((name) => name in quantities);
  const faults = Object.entries(fault).map(([name, status]) => `${name} fails: Status ${status}`);
  const values = known.map(
    (name) => `${quantities[name].toFixed(UNITS[name][0])} ${UNITS[name][1]}`,
  );
  return [...values, ...faults].join(", ");
}

/** A watcher of the node with that client identifier. */
export function watch(name) {
  const seen = { readings: 0, messages: 0, reports: 0, connections: 0, commands: 0 };
  /** What states were, by topic: each round tells them, and shown is what changed. */
  const states = new Map();
  let observer;

  const say = (line) => {
    const at = ((Date.now() - since) / 1000).toFixed(1).padStart(6);
    console.log(`${at} s  ${line}`);
  };

  function message({ topic, payload, qos, retain, dup }) {
    const kind = topic.split("/").slice(2).join("/");
    const flags = [`QoS ${qos}`, retain ? "retained" : "", dup ? "sent again" : ""]
      .filter((flag) => flag !== "")
      .join(", ");
    if (kind.startsWith("set/")) {
      seen.commands += 1;
      say(`→ ${topic}  ${payload}`);
      return;
    }
    seen.messages += 1;
    if (kind === "report") {
      const report = JSON.parse(payload);
      // What each round ends with.
      seen.reports += 1;
      seen.readings += Object.keys(UNITS).filter((name) => name in report).length;
      say(`  ${topic}  ${shown(report)}  (${flags})`);
    } else {
      if (states.get(topic) !== payload) say(`  ${topic}  ${payload}  (${flags})`);
      states.set(topic, payload);
    }
  }

  return {
    say,

    /** What the embedded broker tells. */
    event(event) {
      if (event.kind === "message") message(event);
      if (event.client !== name) return;
      if (event.kind === "connected") {
        seen.connections += 1;
        say(`${name} is connected`);
      }
      if (event.kind === "gone") say(`${name} is gone`);
      if (event.kind === "subscribed") say(`${name} subscribed to ${event.filters.join(", ")}`);
    },

    /** Watches a broker that is there already. */
    async through(address) {
      const { connect, text, explain } = await import("../../dist/node/index.js");
      observer = connect({
        host: address.hostname,
        port: Number(address.port || 1883),
        clientId: `${name}-watch`,
        username: address.username ? decodeURIComponent(address.username) : undefined,
        password: address.password ? decodeURIComponent(address.password) : undefined,
        cleanSession: false,
      });
      observer.on("close", (status) => say(`the watcher has no connection: ${explain(status)}`));
      observer.subscribe(`ringlet/${name}/#`, 1, (topic, payload, { qos, retain, dup }) =>
        message({ topic, payload: text(payload), qos, retain, dup }),
      );
    },

    /** Sends the node a command, through the broker or the watcher. */
    command(child, topic, payload) {
      if (child) child.send({ topic, payload });
      else observer.publish(topic, payload, 1);
    },

    /** Prints what was seen; `rounds` is how often the node took its readings, where known. */
    summary(rounds) {
      console.log("");
      console.log(`${seen.readings} readings arrived, ${seen.messages} messages in all.`);
      if (rounds !== undefined) {
        const missing = Math.max(0, rounds - seen.reports);
        console.log(
          `The node took its readings ${rounds} times; ${missing} of them did not arrive` +
            `${missing > 0 ? " before the end." : "."}`,
        );
      }
      if (seen.readings === 0) console.log("Nothing arrived: see above for what the node says.");
      return seen.readings;
    },

    close() {
      return new Promise((resolve) => {
        if (!observer) resolve();
        else observer.drain(500, () => resolve());
      });
    },
  };
}
