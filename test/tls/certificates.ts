// SPDX-License-Identifier: MIT
// Certificates for tests of TLS, made by the openssl command for each run in a folder of their own:
// an authority with good, expired and foreign-named servers, clients good and revoked, and a list
// of the revoked; another authority; a server that signed itself.

import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

export const hasOpenssl = spawnSync("openssl", ["version"]).status === 0;

const LOCAL = "DNS:localhost,IP:127.0.0.1";

const settings = (folder: string) => `
[ca]
default_ca = own
[own]
database = ${folder}/index
serial = ${folder}/serial
new_certs_dir = ${folder}
default_md = sha256
policy = any
copy_extensions = copy
unique_subject = no
default_crl_days = 2
default_days = 2
[any]
commonName = supplied
`;

export interface Certificates {
  /** The path of `<name>.crt`, `<name>.key` or `revoked.crl`. */
  path: (name: string) => string;
  remove: () => void;
}

/** Makes them all. Throws with what openssl said. */
export function certificatesOpen(): Certificates {
  const folder = mkdtempSync(join(tmpdir(), "ringlet-tls-"));
  const path = (name: string) => join(folder, name);
  const openssl = (...args: string[]) => {
    const { status, stderr } = spawnSync("openssl", args, { encoding: "utf8" });
    if (status !== 0) throw new Error(`openssl ${args[0]}: ${stderr}`);
  };
  const EC = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];
  const request = (name: string, subject: string, names: string, ...more: string[]) =>
    openssl(
      ...["req", ...EC, "-keyout", path(`${name}.key`), "-subj", `/CN=${subject}`],
      ...(names === "" ? [] : ["-addext", `subjectAltName=${names}`]),
      ...more,
    );
  const selfSigned = (name: string, subject: string, names: string) =>
    request(name, subject, names, "-x509", "-days", "2", "-out", path(`${name}.crt`));
  const signed = (name: string, subject: string, names: string, ...dates: string[]) => {
    request(name, subject, names, "-out", path(`${name}.csr`));
    openssl(
      ...["ca", "-batch", "-notext", "-config", path("settings"), "-cert", path("ca.crt")],
      ...["-keyfile", path("ca.key"), "-in", path(`${name}.csr`), "-out", path(`${name}.crt`)],
      ...dates,
    );
  };

  writeFileSync(path("settings"), settings(folder));
  writeFileSync(path("index"), "");
  writeFileSync(path("serial"), "01\n");
  selfSigned("ca", "Ringlet test authority", "");
  selfSigned("other", "Another authority", "");
  selfSigned("self", "localhost", LOCAL);
  signed("server", "localhost", LOCAL);
  signed("elsewhere", "elsewhere.example", "DNS:elsewhere.example,DNS:*.localhost");
  signed("expired", "localhost", LOCAL, "-startdate", "200101000000Z", "-enddate", "200102000000Z");
  signed("node", "node1", "");
  signed("revoked", "node2", "");
  const authority = [
    "-config",
    path("settings"),
    "-cert",
    path("ca.crt"),
    "-keyfile",
    path("ca.key"),
  ];
  openssl("ca", ...authority, "-revoke", path("revoked.crt"));
  openssl("ca", ...authority, "-gencrl", "-out", path("revoked.crl"));
  return { path, remove: () => rmSync(folder, { recursive: true, force: true }) };
}
