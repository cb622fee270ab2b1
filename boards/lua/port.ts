// SPDX-License-Identifier: MIT
// The ports of desktop Lua and OpenWrt: LuaSocket's sockets, with LuaSec's TLS where it is asked for,
// and a loop of our own, because Lua has none: `step` waits for what comes next and tells it.
// Opening is the one thing that waits: a name is looked up, and TLS shakes hands, before it goes on.

import type { Link, Octets, Single } from "#engine";
import type { Address, LinkEvents, Port } from "../hal.js";
import { secure } from "./secure.js";

const library: LuaSocketLibrary = require("socket");

// Without a seed every program would begin with the same number.
math.randomseed(math.floor(library.gettime() * 1000) % 2147483647);

/** How long opening may take, in seconds. */
const enum Wait {
  OPEN = 10,
}

/** A connection with what waits to be sent. */
interface SocketLink extends Link {
  socket: LuaSocket;
  drive: Single;
  events: LinkEvents;
  waiting: Octets;
  /** Whether all that was written has been told as taken. */
  isDrained: boolean;
  isFinishing: boolean;
  isOpen: boolean;
}

/** A timer: when it is due, in seconds, and what is done then; nothing once it was stopped. */
interface SocketTimer {
  due: number;
  act: ((this: void) => void) | undefined;
}

let links: SocketLink[] = [];
let timers: SocketTimer[] = [];

function write(given: Link, octets: Octets): void {
  const link = given as SocketLink;
  link.waiting += octets;
  link.isDrained = false;
}

function finish_(given: Link): void {
  (given as SocketLink).isFinishing = true;
}

function dropLink(given: Link): void {
  const link = given as SocketLink;
  link.isOpen = false;
  link.socket.close();
}

/** Everything that raises an error: no name, no port, TLS options that are none. */
function start(link: SocketLink, address: Address): void {
  const tls = address.tls;
  link.socket.settimeout(Wait.OPEN);
  link.isOpen = link.socket.connect(address.host, address.port || (tls ? 8883 : 1883)) === 1;
  if (link.isOpen && tls) {
    link.isOpen = false;
    const secured = secure(link.socket, address, Wait.OPEN);
    if (secured) {
      link.socket = secured;
      link.isOpen = true;
    }
  }
  link.socket.settimeout(0);
}

function open(drive: Single, events: LinkEvents, address: Address): Link | undefined {
  const link: SocketLink = {
    write: write,
    finish: finish_,
    socket: library.tcp(),
    drive: drive,
    events: events,
    waiting: "",
    isDrained: true,
    isFinishing: false,
    isOpen: false,
  };
  pcall(start, link, address);
  if (!link.isOpen) {
    link.socket.close();
    return undefined;
  }
  links.push(link);
  return link;
}

/** Sends what waits, and tells when nothing does any more. */
function sendWaiting(link: SocketLink): void {
  if (link.waiting !== "") {
    const [sent, , part] = link.socket.send(link.waiting);
    link.waiting = link.waiting.slice(sent === undefined ? part : sent);
  }
  if (link.waiting === "" && !link.isDrained) {
    link.isDrained = true;
    link.events.drained(link.drive);
  }
  if (link.isOpen && link.waiting === "" && link.isFinishing) close_(link);
}

function close_(link: SocketLink): void {
  dropLink(link);
  link.events.closed(link.drive);
}

function receiveAll(link: SocketLink): void {
  const [whole, trouble, part] = link.socket.receive(1460);
  const octets = whole === undefined ? part : whole;
  if (octets !== undefined && octets !== "") link.events.received(link.drive, octets);
  if (trouble === "closed" && link.isOpen) close_(link);
}

/**
 * Waits until something happens, at most so many seconds, and tells it; returns how many connections
 * and timers there are. A program calls it again and again, or `run`.
 */
export function step(seconds: number): number {
  const now = library.gettime();
  let wait = seconds;
  const readers: LuaSocket[] = [];
  const writers: LuaSocket[] = [];
  const kept: SocketLink[] = [];
  for (const link of links) {
    if (link.isOpen) {
      kept.push(link);
      readers.push(link.socket);
      if (link.waiting !== "") writers.push(link.socket);
      else if (!link.isDrained || link.isFinishing) wait = 0;
    }
  }
  links = kept;
  for (const timer of timers) {
    if (timer.act && timer.due - now < wait) wait = timer.due > now ? timer.due - now : 0;
  }
  library.select(readers, writers, wait);
  for (const link of kept) {
    if (link.isOpen) receiveAll(link);
    if (link.isOpen) sendWaiting(link);
  }
  const due = timers;
  timers = [];
  for (const timer of due) {
    const act = timer.act;
    if (act && timer.due <= library.gettime()) act();
    else if (act) timers.push(timer);
  }
  let count = 0;
  // Those that were stopped are nothing to wait for.
  for (const timer of timers) if (timer.act) count += 1;
  for (const link of links) if (link.isOpen) count += 1;
  return count;
}

/** Goes on for as long as there is a client that has not ended. */
export function run(): void {
  while (step(60) > 0) {
    // Everything is done in `step`.
  }
}

/** What LuaSocket offers. */
export const port: Port = {
  open: open,
  drop: (link) => dropLink(link),
  after: (act, ms, record) => {
    const timer: SocketTimer = { due: library.gettime() + ms / 1000, act: () => act(record) };
    timers.push(timer);
    return timer;
  },
  stop: (timer) => {
    if (timer !== 0) (timer as SocketTimer).act = undefined;
  },
  chance: (count) => math.random(count) - 1,
};
