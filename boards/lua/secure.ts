// SPDX-License-Identifier: MIT
// TLS by LuaSec, which by itself verifies nothing and knows no names: here the server is verified
// unless `verify = "none"` is asked for, by the system's authorities or by `cafile` and those only;
// its certificate has to be for the host, or for `servername`; TLS 1.2 is the least.

import type { Address } from "../hal.js";

/** Alternative names of the subject (RFC 5280 section 4.2.1.6). */
const NAMES = "2.5.29.17";

/** Whether the certificate is for that name or address (RFC 6125 section 6.4: one label for `*`). */
function isFor(certificate: LuaSecCertificate, host: string): boolean {
  const names = certificate.extensions()[NAMES];
  let found = false;
  if (names) {
    const wanted = string.lower(host);
    const [tail] = string.gsub(wanted, "^[^.]+", "*");
    const titles = names.dNSName || [];
    const addresses = names.iPAddress || [];
    for (const name of titles) {
      const given = string.lower(name);
      if (given === wanted || given === tail) found = true;
    }
    for (const address of addresses) if (address === wanted) found = true;
  }
  return found;
}

/** Shakes hands on a connected socket; undefined where the other side is not whom it should be. */
export function secure(
  socket: LuaSocket,
  address: Address,
  seconds: number,
): LuaSocket | undefined {
  const library: LuaSecLibrary = require("ssl");
  const options: Record<string, unknown> = {
    mode: "client",
    protocol: "any",
    options: ["all", "no_sslv3", "no_tlsv1", "no_tlsv1_1"],
    verify: "peer",
  };
  const given = address.tls as Record<string, unknown>;
  if (!given["cafile"]) options["capath"] = "/etc/ssl/certs";
  for (const name in given) options[name] = given[name];
  const host = (options["servername"] || address.host) as string;
  const secured = library.wrap(socket, options);
  secured.sni(host);
  secured.settimeout(seconds);
  if (
    secured.dohandshake() === true &&
    (options["verify"] === "none" || isFor(secured.getpeercertificate(), host))
  ) {
    return secured;
  }
  secured.close();
  return undefined;
}
