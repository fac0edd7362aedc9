import { once } from "node:events";
import type { IncomingMessage } from "node:http";
import type { Socket } from "node:net";
import { CollectFailure } from "../../../model/failure.ts";

/** A longer body is not read to its end: a probe must not take the memory of the others. */
const BODY_BYTES_MAX = 16 * 1024 * 1024;

export interface HttpResponse {
  readonly status: number;
  /** Such as 1.1. */
  readonly httpVersion: string;
  readonly location: string | null;
  /** Bytes; -1 when it was not announced. */
  readonly contentLength: number;
  readonly bodyBytes: number;
  /** Empty unless it is kept. */
  readonly body: string;
}

export interface Wanted {
  readonly url: URL;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | null;
  readonly keepsBody: boolean;
}

interface ExchangeOptions {
  readonly signal: AbortSignal;
  readonly onHeaders: () => void;
}

/** Sends one request over a connected socket and reads the response to its end. */
export async function exchange(socket: Socket, wanted: Wanted, options: ExchangeOptions): Promise<HttpResponse> {
  const { url, method, headers, body, keepsBody } = wanted;
  const { signal, onHeaders } = options;
  // On first use, and not by `import`, which would load Node's own undici: a thread without HTTP probes needs neither.
  const { request: httpRequest } = process.getBuiltinModule("node:http");
  const request = httpRequest({
    createConnection: () => socket,
    method,
    path: `${url.pathname}${url.search}`,
    headers: {
      host: url.host,
      accept: "*/*",
      "user-agent": "cloud-monitor",
      connection: "close",
      ...(body !== null && { "content-length": String(Buffer.byteLength(body)) }),
      ...headers,
    },
    signal,
  });
  request.end(body ?? undefined);
  const [response] = (await once(request, "response")) as [IncomingMessage];
  onHeaders();
  const pieces: Buffer[] = [];
  let bodyBytes = 0;
  for await (const piece of response as AsyncIterable<Buffer>) {
    bodyBytes += piece.length;
    if (bodyBytes > BODY_BYTES_MAX)
      throw new CollectFailure("invalid", `the body of ${url.host} is over ${BODY_BYTES_MAX / 2 ** 20} MiB`);
    if (keepsBody) pieces.push(piece);
  }
  return {
    status: response.statusCode ?? 0,
    httpVersion: response.httpVersion,
    location: response.headers.location ?? null,
    contentLength: Number(response.headers["content-length"] ?? -1),
    bodyBytes,
    body: Buffer.concat(pieces).toString("utf8"),
  };
}
