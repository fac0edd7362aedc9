import { once } from "node:events";
import { connect } from "node:net";
import type { Socket } from "node:net";
import { ResponseReader } from "./response-reader.ts";

/** The headers of Prometheus 2.42, so that a peer responds as to a scrape. */
export const SCRAPE_HEADERS = {
  accept:
    "application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1",
  "accept-encoding": "gzip",
} as const;

export interface LoadResult {
  readonly requests: number;
  readonly seconds: number;
}

/**
 * Requests `url` over `connections` keep-alive connections, each request after the previous response, for `durationMs`.
 * A raw socket and a scan for the end of the response: a full HTTP client would be the slower side of the measurement.
 */
export async function load(url: URL, connections: number, durationMs: number): Promise<LoadResult> {
  const startedMs = performance.now();
  const lines = Array.from({ length: connections }, () => ask(url, startedMs + durationMs));
  const counts = await Promise.all(lines);
  const seconds = (performance.now() - startedMs) / 1000;
  return { requests: counts.reduce((sum, count) => sum + count, 0), seconds };
}

/** Counts responses until `untilMs`, over one connection at a time: a server may close it after a number of requests. */
async function ask(url: URL, untilMs: number): Promise<number> {
  let answers = 0;
  while (performance.now() < untilMs) {
    const socket = connect({ host: url.hostname, port: Number(url.port), noDelay: true });
    try {
      await once(socket, "connect");
      answers += await askOver(socket, url, untilMs);
    } finally {
      socket.destroy();
    }
  }
  return answers;
}

function askOver(socket: Socket, url: URL, untilMs: number): Promise<number> {
  const headers = Object.entries(SCRAPE_HEADERS).map(([name, value]) => `${name}: ${value}\r\n`);
  const request = `GET ${url.pathname}${url.search} HTTP/1.1\r\nhost: ${url.host}\r\n${headers.join("")}\r\n`;
  const reader = new ResponseReader();
  let answers = 0;
  return new Promise((resolve, reject) => {
    const take = (chunk: Buffer) => {
      if (!reader.take(chunk)) return;
      answers++;
      if (!reader.last && performance.now() < untilMs) socket.write(request);
      else resolve(answers);
    };
    socket.on("error", reject);
    socket.on("close", () => reject(new Error(`${url.href} closed the connection after ${answers} answers`)));
    socket.on("data", (chunk) => {
      try {
        take(chunk);
      } catch (error) {
        reject(error);
      }
    });
    socket.write(request);
  });
}
