// SPDX-License-Identifier: MIT
// Options of Espruino's `tls` for Node's. The firmware encrypts, and that is all: it verifies no
// server, whatever `ca` is given, and names none (its name indication is a constant), so a test must
// not pass here that says otherwise. Certificates are DER in binary strings, as `atob` gives them.

import { createPrivateKey } from "node:crypto";

const LINE = /.{1,64}/g;

/** A certificate as PEM, from DER, PEM or a function that returns one. */
function certificate(value) {
  const given = typeof value === "function" ? value() : value;
  if (given === undefined || given.startsWith("-----")) return given;
  const lines = Buffer.from(given, "latin1").toString("base64").match(LINE) ?? [];
  return ["-----BEGIN CERTIFICATE-----", ...lines, "-----END CERTIFICATE-----", ""].join("\n");
}

/** A private key as PEM; DER may be PKCS#8, PKCS#1 or SEC 1. */
function privateKey(value) {
  const given = typeof value === "function" ? value() : value;
  if (given === undefined || given.startsWith("-----")) return given;
  const key = Buffer.from(given, "latin1");
  for (const type of /** @type {const} */ (["pkcs8", "pkcs1", "sec1"])) {
    try {
      const made = createPrivateKey({ key, format: "der", type });
      return made.export({ type: "pkcs8", format: "pem" });
    } catch {
      // Another container, then.
    }
  }
  return undefined;
}

/**
 * What Node's `tls.connect` needs to behave as the firmware.
 * @param {{ ca?: any, cert?: any, key?: any }} options as a program gave them
 */
export function tlsOptions({ ca, cert, key }) {
  return {
    ca: certificate(ca),
    cert: certificate(cert),
    key: privateKey(key),
    rejectUnauthorized: false,
    servername: "",
    // The firmware's mbed TLS knows nothing newer.
    maxVersion: /** @type {const} */ ("TLSv1.2"),
  };
}
