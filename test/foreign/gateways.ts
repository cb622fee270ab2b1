// SPDX-License-Identifier: MIT
// Other people's gateways, started in front of a server on a port of loopback.

import { join } from "node:path";
import { folderOf, program, start, udpPort } from "./programs.js";

/** The topics that gateways are told beforehand. */
export const known = { "known/well": 513 };

export interface ForeignGateway {
  title: string;
  skip: boolean;
  /** Starts it; returns its port. */
  open: (brokerPort: number) => Promise<number>;
  /** Whether it takes PUBLISH under a short name that was not registered; docs/mqtt-sn.md says more. */
  takesShort: boolean;
}

const paho = program("PAHO_MQTTSN_GATEWAY");
const cc = program("CC_MQTTSN_GATEWAY");

async function openPaho(brokerPort: number): Promise<number> {
  const port = await udpPort();
  const folder = folderOf({ "topics.conf": "*,known/well, 513\n" });
  const settings = {
    GatewayID: 1,
    GatewayName: "paho",
    MaxNumberOfClients: 30,
    KeepAlive: 60,
    BrokerName: "127.0.0.1",
    BrokerPortNo: brokerPort,
    BrokerSecurePortNo: brokerPort,
    AggregatingGateway: "NO",
    "QoS-1": "NO",
    Forwarder: "NO",
    PredefinedTopic: "YES",
    PredefinedTopicList: join(folder, "topics.conf"),
    ClientAuthentication: "NO",
    GatewayPortNo: port,
    MulticastPortNo: await udpPort(),
    MulticastIP: "225.1.1.1",
    MulticastTTL: 1,
    ShearedMemory: "NO",
  };
  const text = Object.entries(settings).map(([name, value]) => `${name}=${value}\n`);
  const files = folderOf({ "gateway.conf": text.join("") });
  start(paho.path, ["-f", join(files, "gateway.conf")], files);
  return port;
}

async function openCc(brokerPort: number): Promise<number> {
  const port = await udpPort();
  const text = [
    "mqttsn_gw_id 1",
    // Its documentation says that 0 is no ADVERTISE; with that it does not start.
    "mqttsn_advertise 900",
    "udp_broadcast_address 127.255.255.255",
    `udp_broadcast_port ${await udpPort()}`,
    "mqttsn_retry_period 1",
    "mqttsn_predefined_topic * known/well 513",
    `mqttsn_broker 127.0.0.1 ${brokerPort}`,
    `udp_listen_port ${port}`,
  ];
  const folder = folderOf({ "gateway.conf": text.join("\n") + "\n" });
  start(cc.path, ["-c", join(folder, "gateway.conf")], folder);
  return port;
}

export const gateways: ForeignGateway[] = [
  {
    title: `Paho's gateway${paho.remark}`,
    skip: paho.skip,
    open: openPaho,
    takesShort: true,
  },
  {
    title: `cc.mqttsn's gateway${cc.remark}`,
    skip: cc.skip,
    open: openCc,
    takesShort: false,
  },
];
