import { createServer } from "node:http";
import { exporterBody } from "./exporter-body.ts";

/**
 * A process that serves many targets, each at its own loopback address with the same port, so that each has a connection of
 * its own; their bodies are made beforehand. Takes port, number of targets, and series per target; the messages it receives
 * ask for the number of requests so far. A POST to any address is taken and thrown away: the sink of remote-write.
 */
const [port = 0, targets = 0, series = 0] = process.argv.slice(2).map(Number);
const VERSIONS = 8;

const bodies = Array.from({ length: VERSIONS }, (_, version) => Buffer.from(exporterBody(series, version)));
let requests = 0;

for (let index = 0; index < targets; index++) {
  const server = createServer((request, response) => {
    if (request.method === "POST") {
      request.resume().once("end", () => response.writeHead(204).end());
      return;
    }
    const body = bodies[requests++ % VERSIONS]!;
    response.writeHead(200, { "content-type": "text/plain; version=0.0.4", "content-length": body.length });
    response.end(body);
  });
  server.keepAliveTimeout = 60_000;
  server.listen(port, addressOf(index));
}
process.on("message", () => process.send!(requests));
process.send!("ready");

/** 127.1.0.1, 127.1.0.2, ...: must be the same as in targets.ts. */
function addressOf(index: number): string {
  return `127.1.${Math.floor(index / 250)}.${(index % 250) + 1}`;
}
