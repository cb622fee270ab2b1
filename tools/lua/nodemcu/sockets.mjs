// SPDX-License-Identifier: MIT
// NodeMCU's `net` over Node's sockets, with the traps of the firmware (app/modules/net.c; for ESP32
// components/modules/net.c): one send at a time, at most 2,920 octets of it; data in pieces of 1,460;
// no event for a connection that the program closed itself, but for one that was under way; what a
// socket can do after its connection ended differs between the chips.
//
// Not as on a board: a second send before "sent" always fails, where a board may take it or lose it;
// a name that is unknown is an error soon, where a board waits for minutes.

import { connect as connectNet, isIP } from "node:net";

const MAX_SEND = 2 * 1460;
const PIECE = 1460;
/** Octets that wait for the program; beyond it Node stops reading, as TCP's window would. */
const INBOX_LIMIT = 4 * PIECE;

/** lwIP's numbers for a reset and for giving up; each chip has its own edition. */
const FAULTS = { esp8266: { reset: -9, aborted: -8 }, esp32: { reset: -14, aborted: -13 } };

/**
 * A Lua socket and its connection. `held`: the firmware refers to the socket, events carry it.
 * @typedef {{ id: number, link: Link | undefined, held: boolean, isEnding: boolean }} Socket
 * @typedef {{ socket: Socket, port: number, host: string, raw: import("node:net").Socket | undefined,
 *   isUp: boolean, isSending: boolean, isResolving: boolean, waiting: number, chain: unknown,
 *   late: unknown }} Link `chain` is what is being handed out, `late` what a close did not stop
 */

/**
 * @param {object} parts
 * @param {"esp8266" | "esp32"} parts.flavour
 * @param {(task: () => void) => void} parts.post queues a task of the event loop
 * @param {(...event: any[]) => void} parts.fire calls the program
 */
export function createSockets({ flavour, post, fire }) {
  const isOld = flavour === "esp8266";
  const faults = FAULTS[flavour];
  /** @type {Map<number, Socket>} */
  const sockets = new Map();
  /** @type {Set<Link>} */
  const links = new Set();
  /** What happened while the radio was off. @type {(() => void)[]} */
  let backlog = [];
  let isQuiet = false;

  const socketOf = (/** @type {number} */ id) => /** @type {Socket} */ (sockets.get(id));
  const isOpen = (/** @type {Link} */ link) => link.socket.link === link && !link.socket.isEnding;

  /** A task that only happens on the air. */
  function onAir(/** @type {() => void} */ task) {
    post(() => (isQuiet ? void backlog.push(task) : task()));
  }

  function drop(/** @type {Link} */ link) {
    links.delete(link);
    link.raw?.removeAllListeners().on("error", () => {});
    link.raw?.destroy();
  }

  /** The connection ended, not by the program's will; `code` is 0 where the other side closed it. */
  function end(/** @type {Link} */ link, /** @type {number} */ code) {
    if (!isOpen(link)) return;
    const { socket } = link;
    drop(link);
    // On ESP32 the socket keeps its connection until the program closes it, but lets nothing through.
    if (isOld) socket.link = undefined;
    else socket.isEnding = true;
    fire("net", socket.id, "error", code);
    // Also where the handler has connected anew: unless a name has to be looked up, the firmware has
    // let go of the socket when that connection is there, and does not tell of it.
    if (!socket.link?.isResolving) socket.held = false;
  }

  function receive(
    /** @type {Link} */ link,
    /** @type {string} */ piece,
    /** @type {object} */ chain,
  ) {
    link.waiting -= piece.length;
    if (link.waiting < INBOX_LIMIT) link.raw?.resume();
    const { socket } = link;
    if (isOpen(link)) {
      link.chain = chain;
      if (socket.held) fire("net", socket.id, "receive", piece);
      link.chain = undefined;
    } else if (isOld && !socket.held && link.late === chain) {
      fire("net", socket.id, "receive", piece, true);
    }
  }

  function take(/** @type {Link} */ link, /** @type {Buffer} */ octets) {
    link.waiting += octets.length;
    if (link.waiting >= INBOX_LIMIT) link.raw?.pause();
    const text = octets.latin1Slice();
    let chain = {};
    for (let at = 0; at < text.length; at += PIECE) {
      const [piece, own] = [text.slice(at, at + PIECE), chain];
      onAir(() => receive(link, piece, own));
      if ((at / PIECE) % 2 === 1) chain = {};
    }
  }

  function open(/** @type {Link} */ link) {
    if (link.socket.link !== link) return;
    const raw = connectNet({
      host: link.host,
      port: link.port,
      family: 4,
      autoSelectFamily: false,
    });
    link.raw = raw;
    raw.on("lookup", () => (link.isResolving = false));
    raw.on("connect", () =>
      onAir(() => {
        if (!isOpen(link)) return;
        link.isUp = true;
        if (link.socket.held) fire("net", link.socket.id, "connection");
      }),
    );
    raw.on("data", (octets) => take(link, octets));
    raw.on("end", () => onAir(() => end(link, 0)));
    raw.on("error", (error) => {
      const isReset = /ECONNRE/.test(/** @type {any} */ (error).code);
      onAir(() => end(link, isReset ? faults.reset : faults.aborted));
    });
  }

  function connect(id, port, host) {
    const socket = socketOf(id);
    if (socket.link) return "already connected";
    if (port % 65536 === 0) return "specify port";
    const isResolving = isIP(host) === 0;
    /** @type {any} */
    const link = { socket, port: port % 65536, host, isResolving, waiting: 0 };
    Object.assign(link, { raw: undefined, isUp: false, isSending: false, chain: undefined });
    Object.assign(socket, { link, held: true, isEnding: false });
    links.add(link);
    onAir(() => open(link));
  }

  function sent(/** @type {Link} */ link) {
    const { socket } = link;
    link.isSending = false;
    if (isOpen(link)) {
      if (socket.held) fire("net", socket.id, "sent");
    } else if (!isOld) {
      // This event does not look whether the connection is still there.
      fire("net", socket.id, "sent", undefined, !socket.held);
    }
  }

  function send(id, data) {
    if (data === "") return "no data to send";
    const { link, held, isEnding } = socketOf(id);
    if (!link || !held || !link.isUp) return "not connected";
    if (isEnding) return "connection closed";
    if (data.length > MAX_SEND) return "out of memory";
    if (link.isSending) return "send before sent";
    link.isSending = true;
    link.raw?.write(Buffer.from(data, "latin1"), (error) => {
      if (!error) onAir(() => sent(link));
    });
  }

  function close(id) {
    const socket = socketOf(id);
    const { link } = socket;
    if (!link) return "not connected";
    socket.link = undefined;
    socket.isEnding = false;
    socket.held = false;
    links.delete(link);
    // Buffers that came chained to what is being handed out follow it all the same, without the socket.
    link.late = link.chain;
    const { raw } = link;
    if (!raw) return;
    raw.removeAllListeners().on("error", () => {});
    raw.resume();
    raw.end(() => raw.destroy());
  }

  function peer(id) {
    const { link } = socketOf(id);
    if (!link?.isUp) return [undefined, undefined];
    return [link.port, link.raw?.remoteAddress];
  }

  return {
    operations: {
      "net.create": (id) => {
        sockets.set(id, { id, link: undefined, held: false, isEnding: false });
      },
      "net.connect": connect,
      "net.send": send,
      "net.close": close,
      "net.peer": peer,
    },
    /** Whether the radio is off: nothing happens until it is on again, and then all at once. */
    setQuiet(/** @type {boolean} */ quiet) {
      isQuiet = quiet;
      if (quiet) return;
      for (const task of backlog) post(task);
      backlog = [];
    },
    /** Ends all connections as the firmware does when it gives up. */
    abort() {
      for (const link of [...links]) {
        link.raw?.destroy();
        post(() => end(link, faults.aborted));
      }
    },
    /** The connections there are. */
    count: () => links.size,
    stop() {
      for (const link of [...links]) drop(link);
      backlog = [];
    },
  };
}
