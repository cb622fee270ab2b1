// SPDX-License-Identifier: MIT
// A mosquitto on loopback for tests: the binary that the environment's MOSQUITTO names, with a
// configuration of its own, on a port that was free. It forgets everything when it is stopped, and
// takes any number of messages at a time: past 20 at QoS 2 it may close every connection again.

// @ts-ignore: the tools are JavaScript
import { freePort as portOf, serverOpen } from "../brokers/servers.mjs";

/** A server that can be stopped, and started again on the same port. */
export interface TestServer {
  port: number;
  /** The Status for a CONNECT that it refuses. */
  refusal: number;
  /** At once, or so that it can write down what it knows. */
  stop: (signal?: "SIGKILL" | "SIGTERM") => Promise<void>;
  start: () => Promise<void>;
  close: () => Promise<void>;
}

/** A port of loopback that nobody listens on. */
export const freePort: () => Promise<number> = portOf;

/** Starts it. @param refusing lets nobody in: CONNACK 5 for every CONNECT. */
export function mosquittoOpen(refusing = false): Promise<TestServer> {
  return serverOpen(
    "mosquitto",
    `listener @PORT@ 127.0.0.1
allow_anonymous ${!refusing}
persistence false
max_queued_messages 0
max_inflight_messages 0
`,
  );
}
