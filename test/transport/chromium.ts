// SPDX-License-Identifier: MIT
// A real browser for tests: Chromium, which the environment's CHROMIUM names, on a page that posts what
// it found back to a server of the test. Its profile and its home are a folder of their own.

import { spawn, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer, type RequestListener } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";

export const chromium = process.env["CHROMIUM"];
const bundle = new URL("../../dist/node/websocket.js", import.meta.url);

/** What is missing for a test in a browser, for its title. */
export const missing: string[] = !chromium
  ? ["CHROMIUM names no browser"]
  : !existsSync(bundle)
    ? ["dist/node is not built"]
    : [];

/** Whether authorities can be put into a browser's store. */
export const hasCertutil = spawnSync("certutil", ["-H"]).error === undefined;

/** Serves a page and the bundle, `/websocket.js`; what the page posts to `/result` is `answer`ed. */
export function pageOf(html: string, answer: (result: any) => void): RequestListener {
  return (request, response) => {
    if (request.method === "POST") {
      let body = "";
      request.on("data", (chunk) => (body += chunk));
      request.on("end", () => answer(JSON.parse(body)));
      response.end();
    } else if (request.url === "/websocket.js") {
      response.setHeader("content-type", "text/javascript");
      response.end(readFileSync(bundle));
    } else {
      response.setHeader("content-type", "text/html");
      response.end(request.url === "/" ? html : "");
    }
  };
}

/** Opens a browser on `url`, which trusts one authority more where a certificate is named. */
export function browserOpen(url: string, authority?: string): { close: () => Promise<void> } {
  const folder = mkdtempSync(join(tmpdir(), "ringlet-chromium-"));
  if (authority !== undefined) {
    const store = join(folder, ".pki/nssdb");
    mkdirSync(store, { recursive: true });
    for (const args of [
      ["-N", "--empty-password"],
      ["-A", "-t", "C,,", "-n", "own", "-i", authority],
    ]) {
      const { status, stderr } = spawnSync("certutil", ["-d", `sql:${store}`, ...args]);
      if (status !== 0) throw new Error(`certutil ${args[0]}: ${stderr}`);
    }
  }
  // A group of its own: the binary may be a script, and has many children.
  const browser = spawn(
    chromium!,
    [
      ...["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"],
      ...["--disable-background-networking", "--disable-component-update", "--disable-sync"],
      ...[`--user-data-dir=${folder}/profile`, "--remote-debugging-port=0"],
      url,
    ],
    { detached: true, stdio: "ignore", env: { ...process.env, HOME: folder } },
  );
  const exited = new Promise((done) => browser.on("exit", done));
  return {
    async close() {
      process.kill(-browser.pid!, "SIGKILL");
      await exited;
      rmSync(folder, { recursive: true, force: true, maxRetries: 9 });
    },
  };
}

/** Opens a page of its own, in a browser of its own, and returns what it posts. */
export async function browses(html: string, authority?: string): Promise<any> {
  let answer!: (result: unknown) => void;
  const answered = new Promise((done) => (answer = done));
  const server = createServer(pageOf(html, answer));
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const { port } = server.address() as { port: number };
  const browser = browserOpen(`http://127.0.0.1:${port}/`, authority);
  try {
    return await answered;
  } finally {
    await browser.close();
    server.closeAllConnections();
    server.close();
  }
}
