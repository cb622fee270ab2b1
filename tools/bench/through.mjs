// SPDX-License-Identifier: MIT
// One client against a broker, in a process of its own: publishes to a topic it has subscribed to,
// at most WINDOW messages under way, counts what comes back, and prints its speed and CPU time.
// A message is under way until it has come back, and at QoS 1 and 2 until it is acknowledged too.

const [name, port, qosText, countText] = process.argv.slice(2);
const qos = Number(qosText);
const count = Number(countText);
const WINDOW = 200;
const WARM = Math.ceil(count / 10);
const TOPIC = "ringlet/bench/temperature";
const PAYLOAD = Buffer.from("21.5 Celsius");

let publish;
let sent = 0;
let back = 0;
let done = 0;
let start;
let cpu;

function fill() {
  // In halves: a message for each one that comes back would leave in a write of its own.
  const under = sent - Math.min(back, qos > 0 ? done : back);
  if (under > WINDOW / 2) return;
  for (let room = WINDOW - under; room > 0 && sent < WARM + count; room--) {
    sent += 1;
    publish();
  }
}

function settle() {
  const all = Math.min(back, qos > 0 ? done : back);
  if (start === undefined && all >= WARM) {
    start = { at: process.hrtime.bigint(), all };
    cpu = process.cpuUsage();
  }
  if (all === WARM + count) {
    const seconds = Number(process.hrtime.bigint() - start.at) / 1e9;
    const { user, system } = process.cpuUsage(cpu);
    const messages = all - start.all;
    console.log(JSON.stringify({ perSecond: messages / seconds, cpu: (user + system) / messages }));
    process.exit(0);
  }
  fill();
}

const came = () => {
  back += 1;
  settle();
};
const acknowledged = () => {
  done += 1;
  settle();
};

async function ringlet() {
  const { connect } = await import("../../dist/node/index.js");
  const client = connect({ host: "127.0.0.1", port: Number(port), clientId: "bench" });
  publish = () => {
    if (client.publish(TOPIC, PAYLOAD, qos) < 0) throw new Error("refused");
  };
  client.on("delivered", acknowledged);
  client.on("subscribed", fill);
  client.subscribe(TOPIC, qos, came);
}

async function mqttjs() {
  const { default: mqtt } = await import("mqtt");
  const client = mqtt.connect({
    host: "127.0.0.1",
    port: Number(port),
    clientId: "bench",
    protocolVersion: 4,
    reconnectPeriod: 0,
  });
  const then = qos > 0 ? acknowledged : undefined;
  publish = () => client.publish(TOPIC, PAYLOAD, { qos }, then);
  client.on("message", came);
  client.on("connect", () => {
    // It leaves Nagle's algorithm on, which would cost it 40 ms a window at QoS 1 and 2.
    client.stream.setNoDelay(true);
    client.subscribe(TOPIC, { qos }, fill);
  });
}

setTimeout(() => {
  console.error(`${name}: ${back} of ${sent} came back at QoS ${qos}`);
  process.exit(1);
}, 30000);
await (name === "ringlet" ? ringlet() : mqttjs());
