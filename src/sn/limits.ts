// SPDX-License-Identifier: MIT
// Times, counts and sizes of MQTT-SN (specification section 7.2), with what each costs. Options of the same
// name given to `connect` win; those that MQTT has too are in `#limits`.

/** Times in milliseconds, but for keep alive and sleep; sizes in octets. */
export const enum SnLimit {
  /**
   * Octets of a datagram, header and all. Espruino's sockets cut a longer one: 536 octets of its buffer,
   * less 8 for the address (run on 2v29).
   */
  DATAGRAM = 528,
  /** The most octets in front of a payload or a name in one. */
  HEAD = 9,
  /** T_RETRY: after so long without an answer a message is sent again; a quarter of it is added by chance. */
  RETRY_MS = 10000,
  /** The same over a stream, where an answer takes milliseconds. */
  STREAM_RETRY_MS = 2000,
  /** N_RETRY: so often; then the gateway is lost. */
  RETRIES = 3,
  /** N_ADV: a gateway that has missed so many ADVERTISEs is gone. */
  ADVERTISES = 3,
  /** T_WAIT: what a gateway refused because of congestion waits so long. */
  WAIT_MS = 300000,
  /** T_SEARCHGW: the first SEARCHGW waits up to so long. */
  SEARCH_MS = 5000,
  /** T_LINGER: so long a client stays awake behind PINGRESP when a message was announced. */
  LINGER_MS = 2000,
  /** Topic names with the identifiers a gateway gave them. About 8 variables each, and the name. */
  TOPICS = 16,
  /** Gateways known at a time. */
  GATEWAYS = 4,
  /** Seconds fit two octets. */
  MAX_DURATION = 65535,
  /** Octets of a client identifier. */
  CLIENT_ID = 23,
}
