import { Agent, request } from "undici";
import type { ClientOptions } from "./client.ts";
import { baseUrl } from "./base-url.ts";
import { UnreachableError } from "./unreachable-error.ts";

/** Sends one request and reads its whole response; independent of routes. */
export interface Transport {
  /** Rejects with `UnreachableError`, or with the signal's reason once that is aborted. */
  send(method: Method, path: string, body?: unknown): Promise<Answer>;
  /**
   * The body of a response that does not end, in pieces, once its status is 200; any other response at once. Ends when the
   * server ends it; rejects like `send`, also when no piece comes for `silenceMs`.
   */
  open(path: string, options: StreamRequest): Promise<Answer | AsyncIterable<string>>;
  close(): Promise<void>;
}

export interface StreamRequest {
  accept: string;
  headers?: Record<string, string>;
  silenceMs: number;
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
  const agents = new Set([agent]);

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

  async function open(path: string, { accept, headers: more, silenceMs }: StreamRequest) {
    // Its body has no end, and so no size.
    const own = createAgent(timeoutMs, { bodyTimeout: silenceMs, maxResponseSize: -1 });
    agents.add(own);
    try {
      const answer = await request(address + path, {
        dispatcher: own,
        headers: { ...headers, accept, ...more },
        ...(options.signal && { signal: options.signal }),
      });
      if (answer.statusCode !== 200)
        return { status: answer.statusCode, retryAfter: null, text: await answer.body.text() };
      return pieces(answer.body.setEncoding("utf8"), { address, signal: options.signal });
    } catch (error) {
      options.signal?.throwIfAborted();
      throw new UnreachableError(address, error);
    }
  }

  let closing: Promise<unknown> | undefined;
  return {
    send,
    open,
    close: async () => void (await (closing ??= Promise.all([...agents].map((one) => one.destroy())))),
  };
}

async function* pieces(
  body: AsyncIterable<string>,
  { address, signal }: { address: string; signal: AbortSignal | undefined },
): AsyncGenerator<string, void, undefined> {
  try {
    yield* body;
  } catch (error) {
    signal?.throwIfAborted();
    throw new UnreachableError(address, error);
  }
}

/**
 * One connection per request: the daemon may close a keep-alive connection just when it is used again.
 * The largest valid response, a page of 1000 instances with all their labels, is about 6 MB.
 */
function createAgent(timeoutMs: number, given: Agent.Options = {}): Agent {
  return new Agent({
    connections: 8,
    pipelining: 0,
    allowH2: false,
    connect: { timeout: timeoutMs },
    headersTimeout: timeoutMs,
    bodyTimeout: timeoutMs,
    maxResponseSize: 32 * 1024 * 1024,
    ...given,
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
