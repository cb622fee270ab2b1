// SPDX-License-Identifier: MIT
// `require("net")` and `require("tls")` of Espruino over Node's sockets. As on a board `connect` is
// told before TCP is up, handlers come from the event queue with the socket as `this`, data is a
// string of at most `chunk` octets, and a reset looks like a clean close.
//
// Not as on a board: Node learns late that a port is refused or a host unknown. The firmware's
// `connect` throws then; here the socket gets `error`, `end` and `close(true)` later, unless
// `state.fail` holds the message that the next `connect` has to throw. `drain` for what was written
// before `connect` comes after it, not before. Servers and datagrams are not offered.

import { connect as connectNet, isIP } from "node:net";
import { connect as connectTls } from "node:tls";
import { tlsOptions } from "./tls.mjs";

/** Error numbers of the firmware, by Node's. */
const ERRORS = {
  ETIMEDOUT: [-3, "timeout"],
  EHOSTUNREACH: [-4, "no route"],
  ENETUNREACH: [-4, "no route"],
  ENOTFOUND: [-6, "not found"],
  EAI_AGAIN: [-6, "not found"],
  ECONNREFUSED: [-9, "connection reset"],
};
const UNSENT = [-8, "unsent data"];
const UNKNOWN = [-10, "unknown error"];

/** Received octets that wait for the program; beyond it Node stops reading, as TCP's window would. */
const INBOX_LIMIT = 65536;
/** What `read()` can find when nobody listens for data; the firmware's own limit. */
const STREAM_LIMIT = 512;

/**
 * @param {{ events: ReturnType<typeof import("./events.mjs").createEvents>, realm: any,
 *   chunk: number, octetsOf: (value: unknown) => string }} parts
 */
export function createNet({ events, realm, chunk, octetsOf }) {
  /** For tests: `fail` is thrown by the next connect, `quiet` stands for a radio that is off. */
  const state = { fail: /** @type {string | undefined} */ (undefined), quiet: false };
  /** @type {WeakMap<object, any>} */
  const links = new WeakMap();
  const open = new Set();

  const fault = (message) => new realm.InternalError(message);
  const linkOf = (socket) => links.get(socket);

  /** The firmware forgets a socket first, then tells of it: writing from there on throws. */
  function close(link, problem) {
    events.steps.delete(link.step);
    open.delete(link);
    link.ending = true;
    link.raw.removeAllListeners();
    link.raw.on("error", () => {});
    if (link.outgoing === "" && !link.sending && link.up) link.raw.end(() => link.raw.destroy());
    else link.raw.destroy();
    link.raw.resume();
    if (problem) events.emit(link.socket, "error", toError(problem));
    events.emit(link.socket, "end");
    events.emit(link.socket, "close", problem !== undefined);
  }

  function toError([code, message]) {
    return Object.assign(new realm.Object(), { code, message });
  }

  function send(link) {
    if (link.outgoing === "" || link.sending) return;
    const octets = Buffer.from(link.outgoing, "latin1");
    link.outgoing = "";
    link.sending = true;
    link.raw.write(octets, () => {
      link.sending = false;
      if (link.outgoing === "" && !link.ending) events.emit(link.socket, "drain", link.socket);
      events.wake();
    });
  }

  /** The next octets that came in, one chunk of them. */
  function take(link) {
    if (link.inbox.length > 1 && link.inbox[0].length < chunk) {
      link.inbox = [Buffer.concat(link.inbox)];
    }
    const [first] = link.inbox;
    if (first.length > chunk) link.inbox[0] = first.subarray(chunk);
    else link.inbox.shift();
    link.waiting -= Math.min(first.length, chunk);
    if (link.waiting < INBOX_LIMIT) link.raw.resume();
    return first.toString("latin1", 0, Math.min(first.length, chunk));
  }

  function receive(link) {
    const handlers = events.handlersOf(link.socket, "data");
    if (handlers.length > 0 && link.buffer !== "") {
      events.emit(link.socket, "data", link.buffer);
      link.buffer = "";
    } else if (link.inbox.length === 0) {
      return;
    } else if (handlers.length > 0) {
      events.call(link.socket, handlers, [take(link)]);
    } else if (link.buffer.length < STREAM_LIMIT) {
      link.buffer += take(link);
    } else {
      return;
    }
    events.wake();
  }

  /** One turn of the loop for one socket. */
  function step(link) {
    if (state.quiet && !link.cut) return;
    if (link.closeNow) return close(link, undefined);
    send(link);
    if (!link.connected) {
      link.connected = true;
      // The firmware's fault, kept: a callback that takes the socket, and a handler, undo each other.
      const handlers = events.handlersOf(link.socket, "connect");
      if (link.callback && handlers.length > 1 && link.callback.length > 0) handlers.length = 0;
      events.emit(link.socket, "connect", link.socket);
      if (link.outgoing === "" && !link.sending) events.emit(link.socket, "drain", link.socket);
    }
    receive(link);
    const sent = link.outgoing === "" && !link.sending;
    if (link.failed) close(link, link.failed);
    else if (link.over && link.inbox.length === 0) close(link, sent ? undefined : UNSENT);
    else if (link.ending && sent) close(link, undefined);
  }

  /** Node's events only change the record; the loop does the rest. */
  function watch(link, isTls) {
    const { raw } = link;
    const change = (name, apply) =>
      raw.on(name, (value) => {
        apply(value);
        events.wake();
      });
    change(isTls ? "secureConnect" : "connect", () => (link.up = true));
    change("data", (octets) => {
      link.inbox.push(octets);
      link.waiting += octets.length;
      if (link.waiting >= INBOX_LIMIT) raw.pause();
    });
    change("end", () => (link.over = true));
    change("close", () => (link.over = true));
    change("error", (error) => {
      if (!link.up)
        link.failed = ERRORS[error.code] ?? (isTls ? [-13, "SSL handshake failed"] : UNKNOWN);
      link.over = true;
    });
  }

  const prototype = Object.assign(new realm.Object(), {
    write(data) {
      const link = linkOf(this);
      if (link.ending) throw new realm.Error("This socket is closed");
      if (data !== undefined) link.outgoing += octetsOf(data);
      events.wake();
      return false;
    },
    end(data) {
      const link = linkOf(this);
      if (data !== undefined) prototype.write.call(this, data);
      if (link.outgoing === "" && !link.sending) link.closeNow = true;
      link.ending = true;
      events.wake();
    },
    available() {
      return linkOf(this).buffer.length;
    },
    read(count) {
      const link = linkOf(this);
      const length = count > 0 ? count : link.buffer.length;
      const data = link.buffer.slice(0, length);
      link.buffer = link.buffer.slice(length);
      events.wake();
      return data;
    },
  });

  function connect(options, callback, isTls) {
    if (state.fail !== undefined) {
      const message = state.fail;
      state.fail = undefined;
      throw fault(message);
    }
    const host = String(options.host ?? "127.0.0.1");
    if (state.quiet) throw fault(isIP(host) ? "Unable to create socket" : "Unable to locate host");
    const port = Number(options.port) || (isTls ? 443 : 0);
    const socket = Object.create(prototype);
    const to = { host, port, allowHalfOpen: true, autoSelectFamily: false };
    const raw = isTls ? connectTls({ ...to, ...tlsOptions(options) }) : connectNet(to);
    const link = { socket, raw, callback, outgoing: "", buffer: "", inbox: [], waiting: 0 };
    link.step = () => step(link);
    links.set(socket, link);
    open.add(link);
    events.steps.add(link.step);
    watch(link, isTls);
    if (callback) socket.on("connect", callback);
    events.wake();
    return socket;
  }

  /** Closes all sockets without telling the program, or as a lost connection would. */
  function drop(silently) {
    for (const link of [...open]) {
      if (silently) {
        events.steps.delete(link.step);
        open.delete(link);
      }
      link.over = link.cut = true;
      link.raw.destroy();
    }
    events.wake();
  }

  const library = (isTls) =>
    Object.assign(new realm.Object(), { connect: (o, callback) => connect(o, callback, isTls) });
  return { modules: { net: library(false), tls: library(true) }, state, drop };
}
