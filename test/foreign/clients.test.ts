// SPDX-License-Identifier: MIT
// Clients that others wrote against Ringlet's gateway, with aedes behind it. They run where variables of the
// environment name the programs.

import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { until } from "../boards/broker.js";
import { brokerStage, gatewayStage, mqttPeer } from "../gateway/stage.js";
import { program, start } from "./programs.js";

const known = { "known/well": 513 };

/** A server, the gateway, and an MQTT client that hears everything. */
async function stage() {
  const broker = await brokerStage();
  const peer = await mqttPeer(broker.port);
  const filters: string[] = [];
  broker.aedes.on("subscribe", (list) => filters.push(...list.map(({ topic }) => topic)));
  const gateway = await gatewayStage(broker.port, { predefined: known });
  return { peer, filters, health: gateway.health, port: gateway.ports["udp"]! };
}

const njhPub = program("MQTTSN_PUB");
const njhSub = program("MQTTSN_SUB");

describe("mqtt-sn-tools", () => {
  const pub = (port: number, ...args: string[]) =>
    start(njhPub.path, ["-h", "127.0.0.1", "-p", String(port), ...args]);
  const sub = (port: number, ...args: string[]) =>
    start(njhSub.path, ["-h", "127.0.0.1", "-p", String(port), ...args]);

  test.skipIf(njhPub.skip)(`publish at QoS 0, 1 and −1${njhPub.remark}`, async () => {
    const { peer, port } = await stage();
    const runs: string[][] = [
      ["-q", "0", "-t", "from/a", "-m", "q0"],
      ["-q", "1", "-t", "from/a", "-m", "q1"],
      ["-q", "1", "-t", "ab", "-m", "short"],
      ["-q", "1", "-T", "513", "-m", "agreed"],
      ["-q", "1", "-r", "-t", "kept", "-m", "r"],
      ["-q", "1", "-t", "none", "-n"],
      ["-q", "-1", "-T", "513", "-m", "once"],
      ["-q", "-1", "-t", "ab", "-m", "once"],
      ["-q", "1", "-t", "fwd", "-m", "node", "--fe", "--wlnid", "n1"],
    ];
    for (const args of runs) {
      const count = peer.heard.length;
      expect(await pub(port, ...args).exited).toBe(0);
      await until(() => peer.heard.length > count);
    }
    expect(peer.heard).toEqual([
      "from/a q0",
      "from/a q1",
      "ab short",
      "known/well agreed",
      "kept r",
      "none ",
      "known/well once",
      "ab once",
      "fwd node",
    ]);
  });

  test.skipIf(njhSub.skip)(`hear by names of each kind${njhSub.remark}`, async () => {
    const { peer, port } = await stage();
    const topics = ["-t", "to/+", "-t", "plain/name", "-t", "xy", "-T", "513"];
    const running = sub(port, "-d", "-v", "-q", "1", "-k", "5", ...topics);
    const acked = () => running.lines.filter((line) => /SUBACK/i.test(line)).length;
    await until(() => acked() >= 4);
    for (const [i, topic] of ["to/a", "plain/name", "xy", "known/well", "to/b"].entries()) {
      await peer.client.publishAsync(topic, `m${i}`, { qos: i % 2 === 0 ? 1 : 0 });
    }
    const heard = () => running.lines.filter((line) => / m\d$/.test(line));
    await until(() => heard().length === 5);
    expect(heard().map((line) => line.slice(-2))).toEqual(["m0", "m1", "m2", "m3", "m4"]);
  });

  test.skipIf(njhSub.skip)(`fall asleep when they leave${njhSub.remark}`, async () => {
    const { peer, health, port } = await stage();
    const args = ["-1", "-d", "-c", "-e", "30", "-q", "1", "-t", "to/+", "-i", "sleeper"];
    const running = sub(port, ...args);
    await until(() => running.lines.some((line) => /SUBACK/i.test(line)));
    await peer.client.publishAsync("to/a", "1", { qos: 1 });
    expect(await running.exited).toBe(0);
    await until(() => health().clients.asleep === 1);
    await peer.client.publishAsync("to/a", "2", { qos: 1 });
    await until(() => health().waiting === 1);
    const again = sub(port, "-1", "-c", "-q", "1", "-t", "to/+", "-i", "sleeper");
    await until(() => again.lines.some((line) => line.endsWith("2")));
    expect(await again.exited).toBe(0);
  });
});

const samples = program("PAHO_MQTTSN_SAMPLES");

describe("Paho's samples", () => {
  const run = (name: string, port: number) =>
    start(join(samples.path, name), ["127.0.0.1", String(port)]);

  test.skipIf(samples.skip)(`publish at QoS 0, 1 and −1${samples.remark}`, async () => {
    const { peer, port } = await stage();
    for (const name of ["qos0pub", "qos1pub", "qos-1pub"]) {
      const count = peer.heard.length;
      expect(await run(name, port).exited).toBe(0);
      await until(() => peer.heard.length > count);
    }
    // This one goes on for ever.
    run("qos0pub_register", port);
    await until(() => peer.heard.length > 3);
    expect(peer.heard.slice(0, 3)).toEqual(["tt mypayload", "tt mypayload", "tt mypayload"]);
    expect(peer.heard[3]).toMatch(/^iot-2\/evt\/status\/fmt\/json /);
  });

  test.skipIf(samples.skip)(`subscribe and hear themselves${samples.remark}`, async () => {
    const { port } = await stage();
    const running = run("pub0sub1", port);
    expect(await running.exited).toBe(0);
    expect(running.lines.join("\n")).toMatch(/publish received, id \d+ qos 1/);
  });
});

const wolf = program("WOLFMQTT_SN_CLIENT");

describe("wolfMQTT", () => {
  test.skipIf(wolf.skip).each([0, 1, 2])(
    `registers, subscribes, publishes at QoS %d and hears itself${wolf.remark}`,
    async (qos) => {
      const { peer, port } = await stage();
      const args = ["-h", "127.0.0.1", "-p", String(port), "-q", String(qos), "-T", "-C", "5000"];
      const running = start(wolf.path, args);
      await until(() => running.lines.some((line) => line.includes("MQTT-SN Message: Topic ID")));
      running.stop("SIGINT");
      await running.exited;
      expect(peer.heard).toContain("wolfMQTT/example/testTopic test");
      expect(running.lines.join("\n")).not.toMatch(/rc = -|Error/);
    },
  );

  test.skipIf(wolf.skip)(`leaves a will, and is lost${wolf.remark}`, async () => {
    const { peer, port } = await stage();
    const args = ["-h", "127.0.0.1", "-p", String(port), "-l", "-k", "1", "-C", "5000"];
    const running = start(wolf.path, args);
    await until(() => peer.heard.length > 0);
    running.stop();
    await until(() => peer.heard.some((one) => one.includes("lwttopic")));
    expect(peer.heard.at(-1)).toBe("wolfMQTT/example/lwttopic WolfMQTTClient-SN");
  });
});

const ccPub = program("CC_MQTTSN_PUB");
const ccSub = program("CC_MQTTSN_SUB");

describe("cc.mqttsn", () => {
  const args = (port: number, id: string) => ["-g", "127.0.0.1", "-p", String(port), "-c", id];

  test.skipIf(ccPub.skip)(`publishes at each QoS${ccPub.remark}`, async () => {
    const { peer, port } = await stage();
    const runs: string[][] = [
      ...["0", "1", "2"].map((qos) => ["-t", "from/a", "-m", `q${qos}`, "-q", qos]),
      ["-t", "ab", "-m", "short", "-q", "2"],
      ["-i", "513", "-m", "agreed", "-q", "1"],
      ["-t", "kept", "-m", "r", "-q", "1", "--pub-retain"],
      ["-t", "fwd", "-m", "node", "-q", "2", "--fwd-enc-node-id", "n1"],
    ];
    for (const more of runs) {
      const count = peer.heard.length;
      expect(await start(ccPub.path, [...args(port, "cc"), ...more]).exited).toBe(0);
      await until(() => peer.heard.length > count);
    }
    // At QoS −1 it waits for something that does not come, and does not end.
    start(ccPub.path, [...args(port, "cc"), "-i", "513", "-m", "once", "-q", "-1"]);
    await until(() => peer.heard.length === 8);
    expect(peer.heard).toEqual([
      "from/a q0",
      "from/a q1",
      "from/a q2",
      "ab short",
      "known/well agreed",
      "kept r",
      "fwd node",
      "known/well once",
    ]);
  });

  test.skipIf(ccSub.skip)(
    `hears by names of each kind, and leaves a will${ccSub.remark}`,
    async () => {
      const { peer, filters, port } = await stage();
      const topics = ["-t", "to/+", "-t", "plain/name", "-t", "xy", "-i", "513"];
      const will = ["--will-topic", "gone", "--will-message", "bye", "--will-qos", "1", "-k", "1"];
      const running = start(ccSub.path, [...args(port, "cc"), ...topics, ...will]);
      await until(() => filters.length === 4);
      // At a message under a predefined identifier it aborts.
      const names = ["to/a", "plain/name", "xy"];
      for (const name of names) await peer.client.publishAsync(name, `m ${name}`, { qos: 2 });
      await until(() => names.every((name) => running.lines.join("\n").includes(`m ${name}`)));
      running.stop();
      await until(() => peer.heard.includes("gone bye"));
      expect(peer.heard).toContain("gone bye");
    },
  );
});
