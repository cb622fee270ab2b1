// SPDX-License-Identifier: MIT
// A model of an MQTT-SN gateway for tests, faithful to the specification and written apart from the
// client: topic identifiers by name, one message at a time to the client, sent again until it is
// acknowledged, QoS 2 both ways, sleep. What it publishes to the server is kept as a list.

import { frame, type Message, octetsOf, parse } from "./words.js";

/** A message on its way to the client. */
interface Outbound {
  topic: string;
  payload: string;
  qos: number;
  id: number;
  stage: "new" | "register" | "publish" | "release";
}

/** What the model sends, and asks of its world. */
export interface GatewayWorld {
  send: (octets: string) => void;
  after: (ms: number, step: () => void) => void;
}

const integer = (value: number) => String.fromCharCode(value >> 8, value & 255);

/** A gateway with one client. It retries every `retryMs`, and has no bound but that of the test. */
export function gatewayOpen(world: GatewayWorld, retryMs = 4000) {
  const ids = new Map<string, number>();
  const filters = new Map<string, number>();
  const open = new Set<number>();
  const queue: Outbound[] = [];
  let state: "disconnected" | "active" | "asleep" | "awake" = "disconnected";
  let lastId = 0;
  let generation = 0;
  let registered = new Set<string>();

  const gateway = {
    /** What reached the server, in order. */
    published: [] as { topic: string; payload: string; qos: number }[],
    /** Octets that were no message: dropped. */
    dropped: 0,
    get state() {
      return state;
    },
    get left() {
      return queue.length;
    },
    filters,
    /** It was switched off and on: nothing is left but what the server keeps. */
    forgets() {
      ids.clear();
      registered.clear();
      state = "disconnected";
    },
    /** A message from the server, for a client that subscribed. */
    publish(topic: string, payload: string, qos: number) {
      lastId = (lastId % 65535) + 1;
      queue.push({ topic, payload, qos, id: lastId, stage: "new" });
      goOn();
    },
    receive,
  };

  const say = (words: string) => world.send(octetsOf(words));

  function idOf(topic: string): number {
    if (!ids.has(topic)) ids.set(topic, ids.size + 1);
    return ids.get(topic)!;
  }

  /** Sends what is first in the queue, and again until it is through. */
  function goOn(again = false): void {
    const first = queue[0];
    if (state !== "active" && state !== "awake") return;
    if (first === undefined) {
      if (state === "awake") {
        state = "asleep";
        say("PINGRESP");
      }
      return;
    }
    if (first.stage !== "new" && !again) return;
    if (first.stage === "new") {
      first.stage =
        first.topic.length === 2 || registered.has(first.topic) ? "publish" : "register";
    }
    const id = idOf(first.topic);
    if (first.stage === "register") say(`REGISTER ${id} ${first.id} ${first.topic}`);
    else if (first.stage === "release") say(`PUBREL ${first.id}`);
    else {
      const isShort = first.topic.length === 2;
      const flags = first.qos * 32 + (again ? 128 : 0) + (isShort ? 2 : 0);
      const where = isShort ? first.topic : integer(id);
      world.send(
        frame(
          0x0c,
          String.fromCharCode(flags) +
            where +
            integer(first.qos > 0 ? first.id : 0) +
            first.payload,
        ),
      );
      if (first.qos < 1) {
        done();
        return;
      }
    }
    const mine = ++generation;
    world.after(retryMs, () => {
      if (mine === generation && queue[0] === first) goOn(true);
    });
  }

  function done(): void {
    queue.shift();
    generation += 1;
    goOn();
  }

  function topicOf(m: Message): string | undefined {
    if (m.idType === "short") return integer(m.topicId);
    for (const [topic, id] of ids) if (id === m.topicId && m.idType === "normal") return topic;
    return undefined;
  }

  function readPublish(m: Message): void {
    const topic = topicOf(m);
    if (topic === undefined) {
      say(`PUBACK ${m.topicId} ${m.msgId} 2`);
      return;
    }
    if (m.qos === 2) {
      say(`PUBREC ${m.msgId}`);
      if (open.has(m.msgId)) return;
      open.add(m.msgId);
    } else if (m.qos === 1) say(`PUBACK ${m.topicId} ${m.msgId} 0`);
    gateway.published.push({ topic, payload: m.data, qos: m.qos });
  }

  function readAnswer(m: Message): void {
    const first = queue[0];
    if (first === undefined || m.msgId !== first.id) {
      if (m.type === "PUBREC") say(`PUBREL ${m.msgId}`);
      return;
    }
    if (m.type === "REGACK" && first.stage === "register") {
      registered.add(first.topic);
      first.stage = "publish";
      goOn(true);
    } else if (m.type === "PUBACK" && m.code === 2 && first.stage === "publish") {
      registered.delete(first.topic);
      first.stage = "register";
      goOn(true);
    } else if (m.type === "PUBACK" && first.qos === 1 && first.stage === "publish") done();
    else if (m.type === "PUBREC" && first.qos === 2) {
      first.stage = "release";
      goOn(true);
    } else if (m.type === "PUBCOMP" && first.stage === "release") done();
  }

  function readConnect(m: Message): void {
    const wasKnown = state !== "disconnected";
    state = "active";
    if (m.clean) {
      filters.clear();
      open.clear();
      queue.length = 0;
    }
    // Awake again nothing was forgotten; on a new connection names are registered anew.
    if (!wasKnown || m.clean) registered = new Set();
    say(m.will ? "WILLTOPICREQ" : "CONNACK 0");
    goOn(true);
  }

  function receive(octets: string): void {
    let m: Message;
    try {
      m = parse(octets);
    } catch {
      gateway.dropped += 1;
      return;
    }
    if (m.type === "CONNECT") readConnect(m);
    else if (m.type === "WILLTOPIC") say("WILLMSGREQ");
    else if (m.type === "WILLMSG") say("CONNACK 0");
    else if (state === "disconnected") {
      if (m.type !== "DISCONNECT" && m.type !== "PUBLISH") say("DISCONNECT");
    } else if (m.type === "PINGREQ") {
      if (m.data === "") say("PINGRESP");
      else {
        if (state === "asleep") state = "awake";
        goOn(true);
      }
    } else if (m.type === "DISCONNECT") {
      state = m.duration > 0 ? "asleep" : "disconnected";
      generation += 1;
      say("DISCONNECT");
    } else if (m.type === "REGISTER") say(`REGACK ${idOf(m.data)} ${m.msgId} 0`);
    else if (m.type === "PUBLISH") readPublish(m);
    else if (m.type === "PUBREL") {
      open.delete(m.msgId);
      say(`PUBCOMP ${m.msgId}`);
    } else if (m.type === "SUBSCRIBE") {
      const isName = m.idType === "normal";
      const isWild = /[+#]/.test(m.data);
      filters.set(m.data, m.qos);
      if (isName && !isWild) registered.add(m.data);
      say(`SUBACK q${m.qos} ${isName && !isWild ? idOf(m.data) : 0} ${m.msgId} 0`);
    } else if (m.type === "UNSUBSCRIBE") {
      filters.delete(m.data);
      say(`UNSUBACK ${m.msgId}`);
    } else if (["REGACK", "PUBACK", "PUBREC", "PUBCOMP"].includes(m.type)) readAnswer(m);
  }

  return gateway;
}
