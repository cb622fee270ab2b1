// SPDX-License-Identifier: MIT
// Why TLS did not come about, as a sentence: what Node's error codes mean, and what to do about it.
// Nothing here decides anything; `tls` of Node has refused the connection already.

const SERVER = "the server's certificate";
const OURS = "the server does not accept this client's certificate";

const REASONS: [RegExp, string][] = [
  [
    /^(DEPTH_ZERO_SELF_SIGNED_CERT|SELF_SIGNED_CERT_IN_CHAIN|UNABLE_TO_\w+) /,
    `${SERVER} is vouched for by nobody that is trusted here. Give its authority: tls: { ca: readFileSync("ca.crt") }`,
  ],
  [/^CERT_HAS_EXPIRED /, `${SERVER} has expired, or this machine's clock is wrong`],
  [/^CERT_NOT_YET_VALID /, `${SERVER} is not valid yet, or this machine's clock is wrong`],
  [/^CERT_REVOKED /, `${SERVER} has been revoked`],
  [
    /^ERR_TLS_CERT_ALTNAME_INVALID /,
    `${SERVER} is for another name. Connect by a name that stands in it, or give that: tls: { servername: "…" }`,
  ],
  [
    /ALERT_CERTIFICATE_REQUIRED|ALERT_HANDSHAKE_FAILURE/,
    "the server demands a client certificate, or there is no cipher both have. Give it: tls: { cert, key }",
  ],
  [/ALERT_CERTIFICATE_REVOKED/, `${OURS}: it has been revoked`],
  [/ALERT_CERTIFICATE_EXPIRED/, `${OURS}: it has expired`],
  [
    /ALERT_(UNKNOWN_CA|\w*CERTIFICATE\w*|ACCESS_DENIED)/,
    `${OURS}: it does not know who vouches for it`,
  ],
  [
    /PROTOCOL_VERSION|UNSUPPORTED_PROTOCOL|ALERT_INTERNAL_ERROR|NO_PROTOCOLS_AVAILABLE/,
    "there is no version of TLS that both sides have",
  ],
  [
    /WRONG_VERSION_NUMBER|^ECONNRESET /,
    "the connection broke before TLS was up. Perhaps that port does not speak TLS",
  ],
];

/** A sentence about an error of a TLS connection; undefined for one that is not about TLS. */
export function explainTls(error: Error & { code?: string }, host: string, port: number) {
  const code = error.code ?? "";
  // An alert that meets a write under way is EPROTO, and stands in the message.
  const all = `${code} ${error.message.toUpperCase().replace(/ /g, "_")}`;
  const reason = REASONS.find(([pattern]) => pattern.test(all))?.[1];
  if (reason === undefined && !/^(ERR_(SSL|TLS|OSSL)|CERT_|EPROTO)/.test(code)) return undefined;
  return `No TLS with ${host}:${port}: ${reason ?? error.message} (${code}).`;
}
