// SPDX-License-Identifier: MIT
// Whole sessions of Ringlet's clients with its gateway, read by Wireshark's tshark, which shares no code with
// either. Every message of the standard is in them.

import { expect, test } from "vitest";
import { encodeWillTopic } from "../../src/sn/messages.js";
import { MsgFlag, MsgType } from "../../src/sn/packet.js";
import { senderOpen } from "../../src/sn/sender.js";
import { about, readBy, shown, tshark } from "./tshark.js";
import { type Wire, wireOpen } from "./wire.js";

const known = { "known/well": 513 };
const will = { topic: "w/t", payload: "gone", qos: 1, retain: true };

/** A part of a session, and what has to be on the wire. */
interface Part {
  what: string;
  does: (wire: Wire) => void;
  says: string[];
}

const client = {
  clientId: "c",
  host: undefined,
  search: { host: "all", port: 1883, radius: 2 },
  predefined: known,
  will,
};

const parts: Part[] = [
  {
    what: "a gateway is looked for and found",
    does: (wire) => {
      wire.gateway.core.advertise(900);
      wire.settles();
      wire.client("a", client).passes(1);
    },
    says: ["ADVERTISE 1 900", "SEARCHGW 2", "GWINFO 1", "GWINFO 1"],
  },
  {
    what: "connecting, with a will",
    does: (wire) => wire.at("a").passes(1),
    says: [
      "CONNECT will clean 60 c",
      "WILLTOPICREQ",
      "WILLTOPIC q1 retain w/t",
      "WILLMSGREQ",
      "WILLMSG gone",
      "CONNACK 0",
    ],
  },
  {
    what: "subscribing with a wildcard, to a predefined, a short and a plain name",
    does: (wire) => {
      wire.at("a").client.subscribe("n/+", 2);
      wire.at("a").client.subscribe("known/well", 1);
      wire.at("a").client.subscribe("xy", 0);
      wire.at("a").client.subscribe("plain/name", 1);
    },
    says: [
      "SUBSCRIBE 1 q2 n/+",
      "SUBACK q2 0 1 0",
      "SUBSCRIBE 2 q1 =513",
      "SUBACK q1 513 2 0",
      "SUBSCRIBE 3 q0 'xy'",
      "SUBACK q0 0 3 0",
      "SUBSCRIBE 4 q1 plain/name",
      "SUBACK q1 1 4 0",
    ],
  },
  {
    what: "publishing at each QoS, under names of each kind, without a connection too",
    does: (wire) => {
      for (const qos of [0, 1, 2]) {
        wire.at("a").client.publish("t/q", `q${qos}`, qos, qos === 1);
        wire.settles();
      }
      wire.at("a").client.publish("ab", "short", 1);
      wire.settles();
      wire.at("a").client.publish("known/well", "agreed", 2);
      wire.settles();
      wire.at("a").client.publish("ab", "", -1);
      senderOpen(wire.linkOf("s")).publish(513, "once", true);
    },
    says: [
      "REGISTER 0 5 t/q",
      "REGACK 2 5 0",
      "PUBLISH q0 #2 q0",
      "PUBLISH 6 q1 retain #2 q1",
      "PUBACK 2 6 0",
      "PUBLISH 7 q2 #2 q2",
      "PUBREC 7",
      "PUBREL 7",
      "PUBCOMP 7",
      "PUBLISH 8 q1 'ab' short",
      "PUBACK 24930 8 0",
      "PUBLISH 9 q2 =513 agreed",
      "PUBREC 9",
      "PUBREL 9",
      "PUBCOMP 9",
      "PUBLISH q-1 'ab'",
      "PUBLISH q-1 retain =513 once",
    ],
  },
  {
    what: "a message with a long header, and one that is lost and sent again",
    does: (wire) => {
      wire.at("a").client.publish("t/q", "x".repeat(400), 1);
      wire.settles();
      wire.losing = 1;
      wire.at("a").client.publish("t/q", "lost", 1);
      wire.passes(12500);
    },
    says: [
      "PUBLISH 10 q1 #2 [400]",
      "PUBACK 2 10 0",
      "PUBLISH 11 q1 #2 lost",
      "PUBLISH 11 q1 dup #2 lost",
      "PUBACK 2 11 0",
    ],
  },
  {
    what: "messages from the server at each QoS, one of them registered first",
    does: ({ gateway }) => {
      gateway.sends("c", "n/1", "two", 2);
      gateway.sends("c", "xy", "zero", 0);
      gateway.sends("c", "known/well", "one", 1, true);
      gateway.sends("c", "plain/name", "one", 1);
    },
    says: [
      "REGISTER 3 1 n/1",
      "REGACK 3 1 0",
      "PUBLISH 2 q2 #3 two",
      "PUBREC 2",
      "PUBREL 2",
      "PUBCOMP 2",
      "PUBLISH q0 'xy' zero",
      "PUBLISH 3 q1 retain =513 one",
      "PUBACK 513 3 0",
      "PUBLISH 4 q1 #1 one",
      "PUBACK 1 4 0",
    ],
  },
  {
    what: "unsubscribing, and keep alive",
    does: (wire) => {
      for (const filter of ["n/+", "known/well", "xy"]) wire.at("a").client.unsubscribe(filter);
      wire.passes(45001);
    },
    says: [
      "UNSUBSCRIBE 12 n/+",
      "UNSUBACK 12",
      "UNSUBSCRIBE 13 =513",
      "UNSUBACK 13",
      "UNSUBSCRIBE 14 'xy'",
      "UNSUBACK 14",
      "PINGREQ",
      "PINGRESP",
    ],
  },
  {
    what: "falling asleep, and waking up for what came",
    does: (wire) => {
      wire.at("a").client.sleep(50);
      wire.settles();
      wire.gateway.sends("c", "plain/name", "kept", 1);
      wire.passes(25001);
    },
    says: [
      "DISCONNECT 50",
      "DISCONNECT",
      "PINGREQ c",
      "PUBLISH 5 q1 #1 kept",
      "PUBACK 1 5 0",
      "PINGRESP",
    ],
  },
  {
    what: "publishing from sleep, and leaving",
    does: (wire) => {
      wire.at("a").client.publish("ab", "up", 1);
      wire.settles();
      wire.at("a").client.end();
    },
    says: [
      "CONNECT 60 c",
      "CONNACK 0",
      "PUBLISH 15 q1 'ab' up",
      "PUBACK 24930 15 0",
      "DISCONNECT 50",
      "DISCONNECT",
      "DISCONNECT",
      "DISCONNECT",
    ],
  },
  {
    what: "behind a forwarder",
    does: (wire) => {
      wire.client("f", { clientId: "d", nodeId: "\xaa\xbb" }).passes(1);
      wire.settles();
      wire.at("f").client.publish("t/f", "hi", 2);
      wire.settles();
      wire.at("f").client.end();
    },
    says: [
      "CONNECT clean 60 d",
      "CONNACK 0",
      "REGISTER 0 2 t/f",
      "REGACK 1 2 0",
      "PUBLISH 1 q2 #1 hi",
      "PUBREC 1",
      "PUBREL 1",
      "PUBCOMP 1",
      "DISCONNECT",
      "DISCONNECT",
    ].map((word) => `{\xaa\xbb} ${word}`),
  },
  {
    what: "a will is changed and deleted; what is refused",
    does: (wire) => {
      wire.says("r", "CONNECT clean 60 r");
      wire.octets("r", encodeWillTopic(MsgType.WILLTOPICUPD, 2 * MsgFlag.QOS, "u/t"));
      wire.says("r", "WILLMSGUPD bye", "WILLTOPICUPD", "WILLMSGUPD no");
      wire.says("r", "PUBLISH 7 q1 #99 x", "SUBSCRIBE 8 q1 =19789", "REGISTER 0 9 a/#");
      wire.says("r", "CONNECT will clean 60 r", "WILLTOPIC", "DISCONNECT");
      wire.says("nobody", "PINGREQ");
    },
    says: [
      "CONNECT clean 60 r",
      "CONNACK 0",
      "WILLTOPICUPD q2 u/t",
      "WILLTOPICRESP 0",
      "WILLMSGUPD bye",
      "WILLMSGRESP 0",
      "WILLTOPICUPD",
      "WILLTOPICRESP 0",
      "WILLMSGUPD no",
      "WILLMSGRESP 3",
      "PUBLISH 7 q1 #99 x",
      "PUBACK 99 7 2",
      "SUBSCRIBE 8 q1 =19789",
      "SUBACK q0 0 8 2",
      "REGISTER 0 9 a/#",
      "REGACK 0 9 3",
      "CONNECT will clean 60 r",
      "WILLTOPICREQ",
      "WILLTOPIC",
      "CONNACK 0",
      "DISCONNECT",
      "DISCONNECT",
      "PINGREQ",
      "DISCONNECT",
    ],
  },
];

/** All parts, one after the other; each with what was on the wire in it. */
function sessions() {
  const wire = wireOpen({ predefined: known });
  const told = parts.map(({ what, does }) => {
    const before = wire.captured.length;
    does(wire);
    wire.settles();
    return { what, says: wire.words().slice(before) };
  });
  return { captured: wire.captured, told };
}

test("on the wire is what was meant, and every message of the standard", () => {
  const { told } = sessions();
  expect(told).toEqual(parts.map(({ what, says }) => ({ what, says })));
  const types = told.flatMap(({ says }) => says.map((word) => word.replace(/^\{..\} /, "")));
  expect(new Set(types.map((word) => word.split(" ")[0])).size).toBe(27);
});

test.skipIf(!tshark)(`tshark reads the same, and finds nothing malformed (${about})`, () => {
  const { captured } = sessions();
  const meant = parts.flatMap(({ says }) => says);
  const seen = readBy(captured);
  expect(seen.map(({ words }) => words)).toEqual(meant.map(shown));
  expect(seen.map(({ lengths }) => lengths.reduce((sum, one) => sum + one))).toEqual(
    captured.map(({ octets }) => octets.length),
  );
  // Without any field these delete the will (specification sections 5.4.7 and 5.4.22); tshark 4.0 wants one.
  const isEmptyWill = (words: string) => words === "WILLTOPIC" || words === "WILLTOPICUPD";
  expect(seen.filter(({ marks, words }) => marks !== "" && !isEmptyWill(words))).toEqual([]);
});

test.skipIf(!tshark)(`tshark marks what is malformed (${about})`, () => {
  const cut = readBy([{ octets: "\x07\x0b\x00\x01\x00", from: "client" }]);
  expect(cut[0]!.marks).toContain("malformed");
});
