// SPDX-License-Identifier: MIT
// Every message of MQTT-SN 1.2 (specification section 5.4) as octets, for clients and for gateways. Topic
// and message identifiers are two octets each, as `decodeMessage` gives them and `encodeInteger` makes
// them; a short topic name stands in place of a topic identifier as it is.

import { dotted, Octets } from "#engine";
import { decodeInteger, encodeInteger } from "../wire/packet.js";
import { encodeMessage, type MessageFields, MsgType } from "./packet.js";

/** The only protocol identifier there is (section 5.3.8). */
export const enum Protocol {
  ID = 1,
}

/** ADVERTISE: a gateway is there, and says so again within `duration` seconds. */
export function encodeAdvertise(gatewayId: number, duration: number): Octets {
  return encodeMessage(MsgType.ADVERTISE, String.fromCharCode(gatewayId) + encodeInteger(duration));
}

/** SEARCHGW. Radius 0 is the whole network. */
export function encodeSearchGateway(radius: number): Octets {
  return encodeMessage(MsgType.SEARCHGW, String.fromCharCode(radius));
}

/** GWINFO. A gateway gives no address, because it sends from it: "". */
export function encodeGatewayInfo(gatewayId: number, address: Octets): Octets {
  return encodeMessage(MsgType.GWINFO, String.fromCharCode(gatewayId) + address);
}

/** CONNECT with its flags CleanSession and Will, and keep alive in seconds. */
export function encodeConnect(flags: number, duration: number, clientId: Octets): Octets {
  return encodeMessage(
    MsgType.CONNECT,
    String.fromCharCode(flags, Protocol.ID) + encodeInteger(duration) + clientId,
  );
}

/** CONNACK, WILLTOPICRESP or WILLMSGRESP. */
export function encodeReturnCode(type: number, returnCode: number): Octets {
  return encodeMessage(type, String.fromCharCode(returnCode));
}

/** WILLTOPIC or WILLTOPICUPD with QoS and RETAIN of the will. Both without any field delete it. */
export function encodeWillTopic(type: number, flags: number, topic: Octets): Octets {
  return encodeMessage(type, String.fromCharCode(flags) + topic);
}

/** REGISTER; from a client the topic identifier is 0. */
export function encodeRegister(topicId: Octets, msgId: Octets, topic: Octets): Octets {
  return encodeMessage(MsgType.REGISTER, topicId + msgId + topic);
}

/** REGACK or PUBACK. */
export function encodeAck(
  type: number,
  topicId: Octets,
  msgId: Octets,
  returnCode: number,
): Octets {
  return encodeMessage(type, topicId + msgId + String.fromCharCode(returnCode));
}

/** PUBLISH with all its flags. At QoS 0 and −1 the message identifier is 0. */
export function encodePublish(
  flags: number,
  topicId: Octets,
  msgId: Octets,
  payload: Octets,
): Octets {
  return encodeMessage(MsgType.PUBLISH, String.fromCharCode(flags) + topicId + msgId + payload);
}

/** SUBSCRIBE or UNSUBSCRIBE: a name, or where flags say so an identifier or a short name. */
export function encodeSubscription(
  type: number,
  flags: number,
  msgId: Octets,
  topic: Octets,
): Octets {
  return encodeMessage(type, String.fromCharCode(flags) + msgId + topic);
}

/** SUBACK; `flags` hold the granted QoS. */
export function encodeSuback(
  flags: number,
  topicId: Octets,
  msgId: Octets,
  returnCode: number,
): Octets {
  return encodeMessage(
    MsgType.SUBACK,
    String.fromCharCode(flags) + topicId + msgId + String.fromCharCode(returnCode),
  );
}

/** DISCONNECT, to sleep for so many seconds; without a duration it has no field. */
export function encodeSleep(duration: number): Octets {
  return encodeMessage(MsgType.DISCONNECT, encodeInteger(duration));
}

/** A message between a forwarder and a gateway. The first length counts the frame alone. */
export function encapsulate(radius: number, nodeId: Octets, message: Octets): Octets {
  return String.fromCharCode(nodeId.length + 3, MsgType.ENCAPSULATED, radius) + nodeId + message;
}

/** Where the message begins that was encapsulated, or 0 where none was; in front is the node's identifier. */
export function encapsulatedAt(octets: Octets): number {
  const at = octets.charCodeAt(0);
  return octets.charCodeAt(1) === MsgType.ENCAPSULATED && at > 2 && at <= octets.length ? at : 0;
}

/** Whether a topic field is as long as flags say: an identifier and a short name are two octets. */
export function isTopicWhole(m: MessageFields, octets: Octets): boolean {
  return m.flags % 4 < 1 || (m.flags % 4 < 3 && octets.length - m.data === 2);
}

/** The IPv4 address of a GWINFO as text, "" where it is none: 4 octets, and 2 of the port. */
export function addressOf(octets: Octets, at: number): string {
  return octets.length - at === 6 ? dotted(octets.slice(at, at + 4)) : "";
}

/** The port of that address. */
export function portOf(octets: Octets, at: number): number {
  return decodeInteger(octets, at + 4);
}
