// SPDX-License-Identifier: MIT
// The drive and what a firmware had in its queue: events of a connection that was let go of already
// (boards/hal.ts allows them) change nothing.

import { expect, test } from "vitest";
import type { LinkEvents } from "../../boards/hal.js";
import { Status } from "../../src/status.js";
import { dialUp, worldOpen } from "../fake.js";
import { octetsOf } from "../words.js";

function queued() {
  const world = worldOpen();
  const open = world.port.open;
  const late: { drive: unknown; events: LinkEvents }[] = [];
  world.port.open = (drive, events, address) => {
    late.push({ drive, events });
    return open(drive, events, address);
  };
  const dial = dialUp({}, world).accepted();
  dial.heard();
  return { dial, world, late };
}

test.each([
  ["closed", (events: LinkEvents, drive: unknown) => events.closed(drive)],
  ["drained", (events: LinkEvents, drive: unknown) => events.drained(drive)],
  [
    "octets",
    (events: LinkEvents, drive: unknown) => events.received(drive, octetsOf("PUBLISH 1 q1 a x")),
  ],
])("is told of %s between two connections, and does nothing", (_, fire) => {
  const { dial, world, late } = queued();
  dial.serverSays("\xf0\0");
  expect(dial.heard()).toEqual([expect.stringMatching(/^close /)]);
  const { drive, events } = late[0]!;
  fire(events, drive);
  expect(dial.heard()).toEqual([]);
  expect(world.timers).toHaveLength(1);
  dial.accepted();
  expect(dial.heard()).toEqual(["connect false"]);
  expect(dial.sent()).toEqual([]);
  expect(dial.client.publish("a", "x", 1)).toBeGreaterThan(Status.OK);
});
