import { createServer } from "node:http";
import type { ServerResponse } from "node:http";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { createGzip } from "node:zlib";

const MIB = 1024 * 1024;

/** Ways in which a target takes time or memory from those that scrape it; by the path of the request. */
const ATTACKS: Readonly<Record<string, (response: ServerResponse) => void>> = {
  "endless-body": (response) => endlessly(response, () => Buffer.alloc(64 * 1024, "a 1\n")),
  "byte-a-second": (response) => drip(response),
  "gzip-bomb": (response) => {
    response.setHeader("content-encoding", "gzip");
    const gzip = createGzip();
    gzip.pipe(response);
    const zeros = Buffer.alloc(MIB);
    for (let written = 0; written < 200; written++) gzip.write(zeros);
    gzip.end();
  },
  "line-of-100-mb": (response) => endlessly(response, () => Buffer.alloc(64 * 1024, "a")),
  "million-series": (response) => {
    const salt = Math.random();
    let at = 0;
    endlessly(response, () => {
      let text = "";
      for (const end = at + 1_000; at < end; at++) text += `s{i="${at}"} ${salt}\n`;
      return at >= 1_000_000 ? null : Buffer.from(text);
    });
  },
  // Just under what is parsed, and another text each time.
  "many-series": (response) => {
    const salt = Math.random();
    response.end(Array.from({ length: 190_000 }, (_, index) => `s{i="${index}",r="${salt}"} 1`).join("\n") + "\n");
  },
  "redirect-loop": (response) => response.writeHead(302, { location: "/redirect-loop" }).end(),
  "reset-halfway": (response) => {
    response.setHeader("content-length", 1_000);
    response.write("a 1\n", () => response.destroy());
  },
  silence: () => {},
  "invalid-utf8": (response) => response.end(Buffer.from([0x61, 0x20, 0x31, 0x0a, 0xff, 0xfe, 0x0a])),
};

const server = createServer((request, response) => {
  response.on("error", () => {});
  const [, attack = ""] = (request.url ?? "").split("/");
  ATTACKS[attack]?.(response);
});
server.listen(0, "127.0.0.1");
await once(server, "listening");
process.send?.({ port: (server.address() as AddressInfo).port, attacks: Object.keys(ATTACKS) });
process.once("disconnect", () => process.exit());

/** Until the client closes the connection, or `next` has no more. */
function endlessly(response: ServerResponse, next: () => Buffer | null): void {
  const more = () => {
    for (;;) {
      if (response.destroyed) return;
      const piece = next();
      if (piece === null) {
        response.end();
        return;
      }
      if (!response.write(piece)) return;
    }
  };
  response.on("drain", more);
  more();
}

function drip(response: ServerResponse): void {
  const timer = setInterval(() => response.write("a"), 1_000);
  response.on("close", () => clearInterval(timer));
}
