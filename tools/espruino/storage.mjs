// SPDX-License-Identifier: MIT
// `require("Storage")`: files of octets in an object instead of in flash. Sizes, wear and the place
// they take are not simulated, and JSON is written as standard JSON.

/** The longest file name. */
const NAME_LENGTH = 28;
const ERASED = "\xff";

/**
 * @param {Record<string, string>} files octets by name; read and changed in place
 * @param {any} realm built-in objects of the context
 * @param {(value: unknown) => string} octetsOf
 * @param {() => number} room octets that a file may have
 */
export function createStorage(files, realm, octetsOf, room) {
  const cut = (name) => String(name).slice(0, NAME_LENGTH);

  /** What `write` makes of a value. */
  function contents(data) {
    if (typeof data === "string") return octetsOf(data);
    if (data instanceof realm.ArrayBuffer) return Buffer.from(data).latin1Slice();
    if (data && typeof data.length === "number") {
      return Buffer.from(Array.from(data, Number)).latin1Slice();
    }
    if (data && typeof data === "object") return octetsOf(JSON.stringify(data));
    throw new realm.Error("Can't get pointer to data to write");
  }

  function write(name, data, offset = 0, size = 0) {
    const octets = contents(data);
    const length = size || octets.length;
    if (length > room()) throw new realm.Error("Not enough free space for file");
    if (length === 0) throw new realm.Error("Can't create zero length file");
    const key = cut(name);
    if (offset === 0) files[key] = ERASED.repeat(length);
    const old = files[key];
    if (old === undefined) throw new realm.Error("Unable to find or create file");
    const end = offset + octets.length;
    if (end > old.length) throw new realm.Error("Too much data for file size");
    if (old.slice(offset, end) !== ERASED.repeat(octets.length)) {
      throw new realm.Error("File already written with different data");
    }
    files[key] = old.slice(0, offset) + octets + old.slice(end);
    return true;
  }

  function read(name, offset = 0, length = 0) {
    const octets = files[cut(name)];
    return length > 0 ? octets?.slice(offset, offset + length) : octets?.slice(offset);
  }

  function readJSON(name, quietly) {
    const octets = read(name);
    if (octets === undefined) return undefined;
    try {
      return realm.JSON.parse(octets);
    } catch (error) {
      if (quietly) return undefined;
      throw error;
    }
  }

  /** A file that grows, kept as the firmware keeps it, under a name with a number behind. */
  function open(name, mode) {
    if (!/^[rwa]$/.test(mode)) throw new realm.Error(`Invalid mode ${JSON.stringify(mode)}`);
    const key = cut(name) + "\x01";
    let at = 0;
    if (mode === "w") delete files[key];
    const next = (length) => {
      const part = files[key]?.slice(at, at + length);
      at += part?.length ?? 0;
      return part || undefined;
    };
    return Object.assign(new realm.Object(), {
      read: next,
      readLine() {
        const end = files[key]?.indexOf("\n", at) ?? -1;
        return next(end < 0 ? Infinity : end + 1 - at);
      },
      write: (data) => void (files[key] = (files[key] ?? "") + octetsOf(data)),
      getLength: () => files[key]?.length ?? 0,
      erase: () => void delete files[key],
    });
  }

  const isOpened = (name) => name.endsWith("\x01");
  return Object.assign(new realm.Object(), {
    read,
    readJSON,
    readArrayBuffer(name) {
      const octets = read(name);
      return octets && new realm.Uint8Array(Buffer.from(octets, "latin1")).buffer;
    },
    write,
    writeJSON: (name, data) => write(name, realm.JSON.stringify(data)),
    list: (pattern, filter) =>
      realm.listOf(
        Object.keys(files).filter(
          (name) =>
            (!pattern || name.match(pattern)) && (!filter || isOpened(name) === Boolean(filter.sf)),
        ),
      ),
    erase: (name) => void delete files[cut(name)],
    eraseAll: () => Object.keys(files).forEach((name) => delete files[name]),
    compact() {},
    open,
  });
}
