import { once } from "node:events";
import { connect } from "node:net";
import type { Socket } from "node:net";

/** What Prometheus 2.42 sends, so that a peer answers as it would answer a scrape. */
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
 * Asks for `url` over `connections` kept-alive connections, the next request after the last answer, for `durationMs`.
 * A raw socket and a scan for the end of the answer: a full HTTP client would be the slower side of the measurement.
 */
export async function load(url: URL, connections: number, durationMs: number): Promise<LoadResult> {
  const sockets = await Promise.all(Array.from({ length: connections }, () => open(url)));
  const startedMs = performance.now();
  const counts = await Promise.all(sockets.map((socket) => askRepeatedly(socket, url, startedMs + durationMs)));
  const seconds = (performance.now() - startedMs) / 1000;
  for (const socket of sockets) socket.destroy();
  return { requests: counts.reduce((sum, count) => sum + count, 0), seconds };
}

async function open(url: URL): Promise<Socket> {
  const socket = connect({ host: url.hostname, port: Number(url.port), noDelay: true });
  await once(socket, "connect");
  return socket;
}

function askRepeatedly(socket: Socket, url: URL, untilMs: number): Promise<number> {
  const headers = Object.entries(SCRAPE_HEADERS).map(([name, value]) => `${name}: ${value}\r\n`);
  const request = `GET ${url.pathname}${url.search} HTTP/1.1\r\nhost: ${url.host}\r\n${headers.join("")}\r\n`;
  let answers = 0;
  const reader = new AnswerReader();
  return new Promise((resolve, reject) => {
    socket.on("error", reject);
    socket.on("close", () => reject(new Error(`${url.href} closed the connection after ${answers} answers`)));
    socket.on("data", (chunk) => {
      if (!reader.take(chunk)) return;
      answers++;
      if (performance.now() < untilMs) socket.write(request);
      else resolve(answers);
    });
    socket.write(request);
  });
}

/** Finds the end of one HTTP/1.1 answer at a time; refuses any status but 200. */
class AnswerReader {
  #left: number | "chunked" | null = null;
  #head = "";
  #tail = "";

  /** True when the answer is complete. */
  take(chunk: Buffer): boolean {
    let body = chunk;
    if (this.#left === null) {
      this.#head += chunk.toString("latin1");
      const end = this.#head.indexOf("\r\n\r\n");
      if (end < 0) return false;
      if (!this.#head.startsWith("HTTP/1.1 200")) throw new Error(`answered ${this.#head.slice(0, 40)}`);
      const length = /\r\ncontent-length: (\d+)/i.exec(this.#head.slice(0, end + 2))?.[1];
      this.#left = length === undefined ? "chunked" : Number(length);
      body = Buffer.from(this.#head.slice(end + 4), "latin1");
      this.#head = "";
    }
    return this.#takeBody(body);
  }

  #takeBody(body: Buffer): boolean {
    if (this.#left === "chunked") {
      this.#tail = (this.#tail + body.subarray(-7).toString("latin1")).slice(-7);
      if (!this.#tail.endsWith("\r\n0\r\n\r\n")) return false;
    } else {
      this.#left = (this.#left ?? 0) - body.length;
      if (this.#left > 0) return false;
    }
    this.#left = null;
    this.#tail = "";
    return true;
  }
}
