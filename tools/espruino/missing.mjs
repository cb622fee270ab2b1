// SPDX-License-Identifier: MIT
// The names V8 has and Espruino has not (2v29, read off the interpreters with 8-bit and with Unicode
// strings): the host takes them away, the language check refuses their use.

const words = (text) => text.trim().split(/\s+/);

/** Global names. The second half never was JavaScript's own, but Node and browsers have it. */
export const MISSING_GLOBALS = new Set(
  words(`
    AggregateError Atomics BigInt BigInt64Array BigUint64Array EvalError FinalizationRegistry Intl
    Iterator Map Proxy RangeError Reflect Set SharedArrayBuffer Symbol URIError WeakMap WeakRef
    WeakSet WebAssembly decodeURI encodeURI escape unescape

    AbortController AbortSignal Blob BroadcastChannel Buffer CustomEvent Event EventTarget FormData
    Headers MessageChannel ReadableStream Request Response TextDecoder TextEncoder TransformStream
    URL URLSearchParams WebSocket WritableStream XMLHttpRequest __dirname __filename
    clearImmediate crypto document fetch localStorage navigator performance queueMicrotask
    self setImmediate structuredClone window
  `),
);

const TYPED = words("BYTES_PER_ELEMENT from of");

/** Static members, by the object they would be on. */
export const MISSING_STATICS = {
  Array: words("from fromAsync of"),
  ArrayBuffer: words("isView"),
  Date: words("UTC"),
  Error: words("captureStackTrace stackTraceLimit"),
  Math: words(
    "acosh asinh atanh cbrt clz32 cosh expm1 fround hypot imul log10 log1p log2 sinh tanh trunc",
  ),
  Number: words(`
    EPSILON MAX_SAFE_INTEGER MIN_SAFE_INTEGER isFinite isInteger isNaN isSafeInteger parseFloat
    parseInt
  `),
  Object: words(`
    freeze getOwnPropertySymbols groupBy hasOwn is isExtensible isFrozen isSealed preventExtensions
    seal
  `),
  Promise: words("allSettled any race try withResolvers"),
  String: words("fromCodePoint raw"),
  Float32Array: TYPED,
  Float64Array: TYPED,
  Int8Array: TYPED,
  Int16Array: TYPED,
  Int32Array: TYPED,
  Uint8Array: TYPED,
  Uint8ClampedArray: TYPED,
  Uint16Array: TYPED,
  Uint32Array: TYPED,
};

/** Methods, by the class whose instances would have them. */
export const MISSING_METHODS = {
  Array: words(`
    at copyWithin entries findLast findLastIndex flat flatMap keys lastIndexOf reduceRight
    toLocaleString toReversed toSorted toSpliced values with
  `),
  ArrayBuffer: words("maxByteLength resizable resize slice transfer transferToFixedLength"),
  DataView: words("getBigInt64 getBigUint64 setBigInt64 setBigUint64"),
  Date: words(`
    getYear setUTCDate setUTCFullYear setUTCHours setUTCMilliseconds setUTCMinutes setUTCMonth
    setUTCSeconds setYear toDateString toGMTString toLocaleDateString toLocaleString
    toLocaleTimeString toTimeString
  `),
  Number: words("toExponential toLocaleString toPrecision"),
  Object: words(`
    __defineGetter__ __defineSetter__ __lookupGetter__ __lookupSetter__ isPrototypeOf
    propertyIsEnumerable toLocaleString
  `),
  Promise: words("finally"),
  RegExp: words("compile"),
  String: words(`
    anchor at big blink bold codePointAt fixed fontcolor fontsize isWellFormed italics link
    localeCompare matchAll normalize search small strike sub sup toLocaleLowerCase
    toLocaleUpperCase toWellFormed trimEnd trimLeft trimRight trimStart
  `),
  /** The prototype that all typed arrays share. */
  TypedArray: words(`
    at copyWithin entries findLast findLastIndex keys lastIndexOf reduceRight toLocaleString
    toReversed toSorted values with
  `),
};

/**
 * Methods that no class of Espruino has, so that `x.name()` fails whatever x is. Left out are names
 * some class does have (`lastIndexOf`, `slice`), and those of HTML, which nobody means.
 */
export const MISSING_CALLS = new Set(
  words(`
    at codePointAt copyWithin entries finally findLast findLastIndex flat flatMap
    getBigInt64 getBigUint64 isPrototypeOf isWellFormed keys localeCompare matchAll normalize
    propertyIsEnumerable reduceRight search setBigInt64 setBigUint64 setUTCDate setUTCFullYear
    setUTCHours setUTCMilliseconds setUTCMinutes setUTCMonth setUTCSeconds toDateString
    toExponential toLocaleDateString toLocaleLowerCase toLocaleString toLocaleTimeString
    toLocaleUpperCase toPrecision toReversed toSorted toSpliced toTimeString toWellFormed trimEnd
    trimLeft trimRight trimStart values with
  `),
);
