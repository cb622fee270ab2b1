#!/usr/bin/env node
// SPDX-License-Identifier: MIT
// `ringlet-gateway [--config file] …`: reads the configuration, runs until it is told to stop, and closes in good
// order. What cannot be used ends it with sentences on standard error and status 2.

import { Command } from "commander";
import { pino } from "pino";
import { readFileSync } from "node:fs";
import { type Config, ConfigError, configFrom, configRead } from "./config.js";
import schema from "../config.schema.json" with { type: "json" };
import { gatewayRun } from "./run.js";

const { version } = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8"));

interface Flags {
  config?: string;
  broker?: string;
  port?: string;
  check?: boolean;
  schema?: boolean;
}

const command = new Command("ringlet-gateway")
  .description(
    "An MQTT-SN 1.2 gateway: UDP, serial lines and Bluetooth in front of any MQTT server.",
  )
  .version(version)
  .option("-c, --config <file>", "the configuration, JSON; without one everything is as usual")
  .option("-b, --broker <url>", "the MQTT server, such as mqtt://localhost:1883")
  .option("-p, --port <number>", "the UDP port to listen at, when there is no configuration")
  .option("--check", "only say whether the configuration can be used")
  .option("--schema", "print the schema of the configuration")
  .allowExcessArguments(false)
  .exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : 2));

/** The configuration: the file, and what stands on the command line. */
function configOf({ config, broker, port }: Flags): Config {
  const given: Record<string, unknown> = {};
  if (port !== undefined)
    given["links"] = [{ type: "udp", port: /^\d+$/.test(port) ? +port : port }];
  if (broker !== undefined) given["broker"] = { url: broker };
  if (config === undefined) return configFrom(given, "the command line");
  if (port !== undefined)
    throw new ConfigError("--port: the configuration says where to listen: leave one of them out.");
  const read = configRead(config);
  if (broker === undefined) return read;
  const { url } = configFrom(given, "the command line").broker;
  return { ...read, broker: { ...read.broker, url } };
}

async function main(flags: Flags): Promise<void> {
  if (flags.schema) {
    console.log(JSON.stringify(schema, null, 2));
    return;
  }
  const config = configOf(flags);
  if (flags.check) {
    console.log("The configuration can be used.");
    return;
  }
  const log = pino({
    name: config.name,
    level: config.log,
    base: { name: config.name },
    timestamp: pino.stdTimeFunctions.isoTime,
    // Nothing that is logged has these; should it ever, they stay unsaid.
    redact: ["password", "*.password", "payload", "*.payload"],
  });
  const running = await gatewayRun(config, log);
  let isStopping = false;
  const stop = (signal: string) => {
    if (isStopping) return;
    isStopping = true;
    log.info({ signal }, "stopping");
    void running.close().then(() => process.exit(0));
  };
  process.on("SIGINT", stop);
  process.on("SIGTERM", stop);
}

/** What went wrong, in a sentence. */
function sentence(error: unknown): string {
  if (error instanceof ConfigError) return error.message;
  const { code, message, address, port } = error as NodeJS.ErrnoException & {
    address?: string;
    port?: number;
  };
  if (code === "EADDRINUSE")
    return `Somebody listens at ${address}:${port} already: stop it, or choose another port.`;
  if (code === "EACCES" || code === "EADDRNOTAVAIL")
    return `The gateway may not listen at ${address}:${port} (${code}): choose another.`;
  return message ?? String(error);
}

main(command.parse().opts<Flags>()).catch((error: unknown) => {
  console.error(sentence(error));
  process.exitCode = 2;
  // A gateway that is half open has nothing that would end by itself.
  setImmediate(() => process.exit(2));
});
