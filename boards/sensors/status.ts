// SPDX-License-Identifier: MIT
// What ports and drivers say: −40…−49 beside the numbers of src/status.ts, for a device, its wires and
// its port. An enum of its own, so that what explains a client's statuses does not carry these.

/** The outcome of a call of a port or of a reading. */
export const enum DeviceStatus {
  /** Done. */
  OK = 0,
  /** The device does not answer, or stopped before its answer was complete. */
  SILENT = -40,
  /** The device that answers is another one than the driver is for. */
  UNKNOWN = -41,
  /** What the device sent does not fit its checksum or its form. */
  GARBLED = -42,
  /** The device answers but has measured nothing: not ready in time, or set back since it was asked. */
  UNREADY = -43,
  /** The value is beyond what can be measured: out of range, saturated, or a broken wire. */
  RANGE = -44,
  /** A line stays at one level: short-circuited, without its resistor, or nothing on it. */
  STUCK = -45,
  /** The device refused what it was asked, in an answer of its own. */
  REFUSED = -46,
  /** The firmware has no such port: a pin, a bus or a module that is not there. */
  NO_PORT = -47,
  /** A reading of this sensor is under way, or it rests after the last one: try again later. */
  READING = -48,
  /** The firmware has no room for what was to be stored. */
  NO_ROOM = -49,
}
