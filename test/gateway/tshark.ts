// SPDX-License-Identifier: MIT
// Wireshark's tshark as a reader of MQTT-SN: a capture goes in, words come out, in the form of ../sn/words.ts. What
// tshark does not show: the flags of WILLTOPIC, WILLTOPICUPD, SUBSCRIBE and SUBACK.

import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Captured, pcapOf, PORTS } from "./pcap.js";

/** The program, where TSHARK names it. */
export const tshark = process.env["TSHARK"];

/** Its version, or why there is none: for titles. */
export const about =
  tshark === undefined
    ? "skipped: TSHARK names none"
    : /\d[\d.]+\d/.exec(execFileSync(tshark, ["--version"], { encoding: "utf8" }))![0];

type Layer = Record<string, any>;

/** A datagram as tshark sees it. */
export interface Seen {
  /** The lengths it read: of a forwarder's header, and of the message. */
  lengths: number[];
  words: string;
  /** What it thinks is wrong, "" for nothing. */
  marks: string;
}

const isMark = (key: string) => key.startsWith("_ws.malformed") || key.startsWith("_ws.expert");

/** All keys in what tshark says of a datagram. */
function keysOf(tree: unknown): string[] {
  if (typeof tree !== "object" || tree === null) return [];
  return Object.entries(tree).flatMap(([key, value]) => [key, ...keysOf(value)]);
}

/** Lets it read a capture. */
export function readBy(datagrams: Captured[]): Seen[] {
  const folder = mkdtempSync(join(tmpdir(), "ringlet-tshark-"));
  const file = join(folder, "session.pcap");
  writeFileSync(file, pcapOf(datagrams));
  const decode = `udp.port==${PORTS.gateway},mqttsn`;
  const { stdout, stderr, status } = spawnSync(tshark!, ["-r", file, "-d", decode, "-T", "json"], {
    encoding: "utf8",
    maxBuffer: 2 ** 26,
  });
  rmSync(folder, { recursive: true });
  if (status !== 0) throw new Error(`tshark: ${stderr}`);
  return JSON.parse(stdout).map(({ _source: { layers } }: any) => {
    const layer = layers.mqttsn["mqttsn.msg"];
    return {
      lengths: [layer, layer["mqttsn.msg"]]
        .filter(Boolean)
        .map((one) => Number(one["mqttsn.msg.len"])),
      words: wordsOf(layer),
      marks: keysOf(layers).filter(isMark).join(" "),
    };
  });
}

const NAMES = [
  ..."ADVERTISE SEARCHGW GWINFO - CONNECT CONNACK WILLTOPICREQ WILLTOPIC WILLMSGREQ WILLMSG".split(
    " ",
  ),
  ..."REGISTER REGACK PUBLISH PUBACK PUBCOMP PUBREC PUBREL - SUBSCRIBE SUBACK UNSUBSCRIBE".split(
    " ",
  ),
  ..."UNSUBACK PINGREQ PINGRESP DISCONNECT - WILLTOPICUPD WILLTOPICRESP WILLMSGUPD".split(" "),
  "WILLMSGRESP",
];

/** What tshark read, in the words of ../sn/words.ts. */
function wordsOf(layer: Layer): string {
  const field = (name: string) => layer[`mqttsn.${name}`];
  const number = (name: string) => Number(field(name));
  const type = number("msg.type");
  const octets = (value: number) => String.fromCharCode(value >> 8, value & 255);
  if (type === 0xfe) {
    return `{${octets(number("wireless.node.id"))}} ${wordsOf(layer["mqttsn.msg"])}`;
  }
  const name = NAMES[type]!;
  const flag = (key: string, word: string) => (number(key) === 1 ? word : "");
  const text = (key: string) => {
    const value = field(key) ?? "";
    return value.length > 40 ? `[${value.length}]` : value;
  };
  const topic = () =>
    ["#" + number("topic.id"), "=" + number("topic.id"), `'${octets(number("topic.id"))}'`][
      number("topic.id.type")
    ]!;
  const filter = () => {
    const value = field("topic.name.or.id");
    const id = Buffer.from(value, "latin1");
    return [value, `=${id.length === 2 && id.readUInt16BE()}`, `'${value}'`][
      number("topic.id.type")
    ]!;
  };
  const msgId = () => number("msg.id") || "";
  const acknowledged = () => [number("topic.id"), number("msg.id"), number("return.code")];
  const said: Record<string, () => (string | number)[]> = {
    ADVERTISE: () => [number("gw.id"), number("adv.interv")],
    SEARCHGW: () => [number("radius")],
    GWINFO: () => [number("gw.id")],
    CONNECT: () => [
      flag("will", "will"),
      flag("clean.session", "clean"),
      number("keep.alive"),
      text("client.id"),
    ],
    WILLTOPIC: () => [text("will.topic")],
    WILLTOPICUPD: () => [text("will.topic")],
    WILLMSG: () => [text("will.msg")],
    WILLMSGUPD: () => [text("will.msg")],
    REGISTER: () => [number("topic.id"), number("msg.id"), text("topic")],
    REGACK: acknowledged,
    PUBACK: acknowledged,
    SUBACK: acknowledged,
    PUBLISH: () => [
      msgId(),
      `q${number("qos") === 3 ? -1 : number("qos")}`,
      flag("dup", "dup"),
      flag("retain", "retain"),
      topic(),
      text("pub.msg"),
    ],
    SUBSCRIBE: () => [msgId(), filter()],
    UNSUBSCRIBE: () => [msgId(), filter()],
    PINGREQ: () => [text("client.id")],
    DISCONNECT: () => [field("sleep.timer") ?? ""],
  };
  const rest = said[name]?.() ?? [
    field("return.code") === undefined ? "" : number("return.code"),
    field("msg.id") ?? "",
  ];
  return [name, ...rest].filter((word) => word !== "").join(" ");
}

/** Words without the flags that tshark does not show. */
export const shown = (word: string) =>
  /^(\{..\} )?(WILLTOPIC|WILLTOPICUPD|SUBSCRIBE|SUBACK|UNSUBSCRIBE) /.test(word)
    ? word.replace(/ q\d/, "").replace(/ (dup|retain)\b/g, "")
    : word;
