// SPDX-License-Identifier: MIT
// Strings as Espruino has them. On 8-bit builds (the default here) a character is an octet: source
// text arrives as its UTF-8 octets. With Unicode strings, what V8 cannot know is guessed: a string
// counts as Unicode when it holds a character above U+00FF, or is a literal of the program that
// holds one above U+007F. A string joined from such a literal and others is not recognised, and a
// template, which holds octets on those builds too, holds characters here.

import { tokenizer, tokTypes } from "acorn";

/** Text as octets, one character each. @param {string} text */
export const toOctets = (text) => Buffer.from(text, "utf8").toString("latin1");

/** \uXXXX of which an 8-bit build keeps the low octet, with what stands before it. */
const WIDE_ESCAPE = /((?<!\\)(?:\\\\)*)\\u(?!00)[\da-fA-F]{2}([\da-fA-F]{2})/g;

/** The values of a program's literals that make a string Unicode. @param {string} code */
function unicodeLiterals(code) {
  const values = new Set();
  try {
    for (const { type, value, start, end } of tokenizer(code, { ecmaVersion: 2020 })) {
      // An octet written as \xb0 stays one.
      const isWide = type === tokTypes.string && /[^\x00-\x7f]|\\u/.test(code.slice(start, end));
      if (isWide && /[^\x00-\x7f]/.test(value)) values.add(value);
    }
  } catch {
    // What is no program is told where it is run.
  }
  return values;
}

/**
 * The arrays and strings of a context, made to behave as Espruino's.
 * @param {Record<string, any>} realm built-in objects of the context
 * @param {boolean} unicode which kind of build
 */
export function createStrings(realm, unicode) {
  const literals = new Set();
  const isUTF8 = (value) =>
    unicode && typeof value === "string" && (literals.has(value) || /[^\x00-\xff]/.test(value));

  /** What a socket or a file gets of a value: octets. */
  const octetsOf = (value) => (isUTF8(value) ? toOctets(value) : String(value));

  /** Source text, given as octets, as this build sees it. @param {string} octets */
  function sourceOf(octets) {
    if (!unicode) return octets.replace(WIDE_ESCAPE, "$1\\u00$2");
    const code = Buffer.from(octets, "latin1").toString("utf8");
    for (const value of unicodeLiterals(code)) literals.add(value);
    return code;
  }
  const source = (code) => sourceOf(toOctets(code));

  const bytes = (array) => Buffer.from(array.buffer, array.byteOffset, array.byteLength);

  /** Octets of anything `E.toString` takes, as a list. */
  function flatten(part) {
    if (typeof part === "number" || typeof part === "boolean") return [Number(part) & 255];
    if (typeof part === "string") return [...Buffer.from(octetsOf(part), "latin1")];
    if (part instanceof View) return flatten(part.toString());
    if (part instanceof realm.ArrayBuffer) return [...new Uint8Array(part)];
    if (part && typeof part.length === "number") return Array.from(part, flatten).flat();
    if (part && "data" in part) return Array(part.count).fill(flatten(part.data)).flat();
    if (part && "callback" in part) return flatten(part.callback());
    throw new realm.TypeError(`Expecting Number or iterable, got ${part}`);
  }

  /** The string behind a Uint8Array: it shows what the array holds at the time it is read. */
  class View {
    #octets;
    constructor(octets) {
      this.#octets = octets;
    }
    get length() {
      return this.#octets.length;
    }
    charCodeAt(at) {
      return this.#octets[at] ?? NaN;
    }
    substr(at, length = Infinity) {
      const from = at < 0 ? Math.max(0, this.length + at) : at;
      return this.substring(from, from + Math.max(0, length));
    }
    substring(from, to = this.length) {
      const [low, high] = from < to ? [from, to] : [to, from];
      return bytes(this.#octets).latin1Slice(Math.max(0, low), Math.min(this.length, high));
    }
    slice(from, to) {
      return this.toString().slice(from, to);
    }
    indexOf(text, from) {
      return this.toString().indexOf(text, from);
    }
    charAt(at) {
      return this.toString().charAt(at);
    }
    toString() {
      return bytes(this.#octets).latin1Slice();
    }
  }

  const E = {
    isUTF8,
    fromUTF8: (text) => (unicode ? octetsOf(text) : undefined),
    asUTF8(octets) {
      if (!unicode) throw new realm.Error("Unicode not supported on this build");
      const text = Buffer.from(String(octets), "latin1").toString("utf8");
      if (/[^\x00-\x7f]/.test(text)) literals.add(text);
      return text;
    },
    decodeUTF8(octets, lookUp = [], replacement = "") {
      const text = Buffer.from(octetsOf(octets), "latin1").toString("utf8");
      const letter = (one) => (one < "\u0100" ? one : (lookUp[one.codePointAt(0)] ?? replacement));
      return Array.from(text, letter).join("");
    },
    toString(...parts) {
      const [only] = parts;
      const isWhole = only instanceof realm.Uint8Array && only.length === only.buffer.byteLength;
      if (parts.length === 1 && isWhole) return new View(only);
      if (parts.length === 1 && typeof only === "string") return only;
      return Buffer.from(parts.flatMap(flatten)).latin1Slice();
    },
    toUint8Array: (...parts) => new realm.Uint8Array(parts.flatMap(flatten)),
    toArrayBuffer(text) {
      if (typeof text !== "string" && !(text instanceof View)) return undefined;
      // As many octets as there are characters, even where that cuts some off.
      return new realm.Uint8Array(flatten(text).slice(0, text.length)).buffer;
    },
  };

  const set = realm.Uint8Array.prototype.set;
  Object.defineProperty(realm.Uint8Array.prototype, "set", {
    configurable: true,
    writable: true,
    /** Takes strings too, and drops what does not fit instead of throwing. */
    value: function (list, at = 0) {
      if (typeof list === "string" || list instanceof View) {
        if (at < this.length) bytes(this).latin1Write(String(list), at);
      } else {
        const room = this.length - at;
        set.call(
          this,
          list.length > room ? Array.from(list).slice(0, Math.max(0, room)) : list,
          at,
        );
      }
    },
  });
  const fromCharCode = realm.String.fromCharCode;
  // Also with Unicode strings a code is cut to eight bits here.
  realm.String.fromCharCode = (...codes) => fromCharCode(...codes.map((code) => code & 255));
  return { E, octetsOf, source, sourceOf };
}
