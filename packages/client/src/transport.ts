import { Agent, request } from "undici";
import type { ClientOptions } from "./client.ts";
import { baseUrl } from "./base-url.ts";
import { UnreachableError } from "./unreachable-error.ts";

/** Sends one request and reads its whole response; independent of routes. */
export interface Transport {
  /** Rejects with `UnreachableError`, or with the signal's reason once that is aborted. */
  send(method: Method, path: string, body?: unknown): Promise<Answer>;
  close(): Promise<void>;
}

export type Method = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";

export interface Answer {
  status: number;
  /** Seconds; null when absent or a date. */
  retryAfter: number | null;
  text: string;
}

export function createTransport(options: ClientOptions): Transport {
  const address = baseUrl(options.url);
  const headers = headersFor(options.token);
  const timeoutMs = options.timeoutMs ?? 10_000;
  const agent = createAgent(timeoutMs);

  async function send(method: Method, path: string, body?: unknown): Promise<Answer> {
    const signal = AbortSignal.any([AbortSignal.timeout(timeoutMs), ...(options.signal ? [options.signal] : [])]);
    try {
      const answer = await request(address + path, {
        dispatcher: agent,
        method,
        signal,
        headers: body === undefined ? headers : { ...headers, "content-type": "application/json" },
        body: body === undefined ? null : JSON.stringify(body),
      });
      const retryAfter = Number(answer.headers["retry-after"] ?? Number.NaN);
      return {
        status: answer.statusCode,
        retryAfter: Number.isNaN(retryAfter) ? null : retryAfter,
        text: await answer.body.text(),
      };
    } catch (error) {
      options.signal?.throwIfAborted();
      throw new UnreachableError(address, error);
    }
  }

  let closing: Promise<void> | undefined;
  return { send, close: () => (closing ??= agent.destroy()) };
}

/**
 * One connection per request: the daemon may close a keep-alive connection just when it is used again.
 * The largest valid response, a page of 1000 instances with all their labels, is about 6 MB.
 */
function createAgent(timeoutMs: number): Agent {
  return new Agent({
    connections: 8,
    pipelining: 0,
    allowH2: false,
    connect: { timeout: timeoutMs },
    headersTimeout: timeoutMs,
    bodyTimeout: timeoutMs,
    maxResponseSize: 32 * 1024 * 1024,
  });
}

function headersFor(token: string | undefined): Record<string, string> {
  if (token === undefined) return { accept: "application/json" };
  // The message must not repeat the token.
  if (!/^[\x21-\x7e]+$/.test(token)) {
    throw new TypeError("the token is empty or has characters that a header cannot carry, such as spaces");
  }
  return { accept: "application/json", authorization: `Bearer ${token}` };
}
