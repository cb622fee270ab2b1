// SPDX-License-Identifier: MIT
// The embedded broker that both clients are measured through: aedes on 127.0.0.1, nothing else in
// its process. Tells its parent the port.

import { createServer } from "node:net";
import { Aedes } from "aedes";

const broker = await Aedes.createBroker();
// Else Nagle's algorithm and delayed acknowledgements are measured: 40 ms a window.
const server = createServer({ noDelay: true }, broker.handle);
server.listen(0, "127.0.0.1", () => process.send({ port: server.address().port }));
process.on("disconnect", () => process.exit(0));
