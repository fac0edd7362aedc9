import { promisify } from "node:util";
import { gunzip } from "node:zlib";
import type Undici from "undici";
import type { Dispatcher } from "undici";
import type { Clock } from "../../model/clock.ts";
import { codeOf, messageOf } from "../../model/errors.ts";
import { CollectFailure } from "../../model/failure.ts";
import { NameResolver } from "../../platform/name-resolver.ts";
import { refusalOf, refusalOfHost } from "../../platform/target-judge.ts";
import type { TargetRules } from "../../platform/target-judge.ts";
import { portOf } from "./target-url.ts";

/** A decoded body beyond it is refused: a target must not take the memory of the others. */
const BODY_BYTES_MAX = 16 * 1024 * 1024;
/** Targets of one thread whose connections stay open; the others are connected to for each scrape. */
const KEPT_ALIVE_MAX = 1_024;
/** Longer than most intervals. A server that closes earlier says so, or the request is repeated. */
const KEEP_ALIVE_MS = 90_000;
const CONNECT_MS = 10_000;
const HEADERS = {
  accept: "application/openmetrics-text;version=1.0.0;q=0.5,text/plain;version=0.0.4;q=0.3,*/*;q=0.2",
  "accept-encoding": "gzip",
  "user-agent": "cloud-monitor",
};

export interface Fetched {
  readonly contentType: string;
  /** The decoded body in pieces. */
  readonly pieces: readonly Buffer[];
}

/** Fetches bodies over HTTP; its connections go only where the rules allow. */
export class Fetcher {
  readonly #rules: TargetRules;
  readonly #resolver: NameResolver;
  readonly #keptAlive = new Set<string>();
  #undici: Promise<Client> | null = null;

  constructor(clock: Clock, rules: TargetRules) {
    this.#rules = rules;
    this.#resolver = new NameResolver(clock);
  }

  /** Throws CollectFailure: the reason, and a message that names what responded. */
  async get(url: URL, signal: AbortSignal | null): Promise<Fetched> {
    const refusal = refusalOfHost(url.hostname, portOf(url), this.#rules);
    if (refusal !== null) throw new CollectFailure("forbidden", `${url.host} ${refusal}`);
    const client = await (this.#undici ??= this.#load());
    try {
      return await this.#getOnce(client, url, signal);
    } catch (error) {
      // A kept connection that the target has just closed says nothing about the target.
      if (!this.#keptAlive.has(url.origin) || !CLOSED.has(codeOf(error) ?? "")) throw failureOf(url, error, signal);
      this.#keptAlive.delete(url.origin);
    }
    try {
      return await this.#getOnce(client, url, signal);
    } catch (error) {
      throw failureOf(url, error, signal);
    }
  }

  async #getOnce({ request, kept, single }: Client, url: URL, signal: AbortSignal | null): Promise<Fetched> {
    const isKept = this.#keptAlive.has(url.origin) || this.#keptAlive.size < KEPT_ALIVE_MAX;
    if (isKept) this.#keptAlive.add(url.origin);
    const { statusCode, headers, body } = await request(url, {
      dispatcher: isKept ? kept : single,
      headers: HEADERS,
      signal,
    });
    if (statusCode !== 200) {
      body.on("error", () => {}).destroy();
      const location = headers["location"] === undefined ? "" : ", a redirect, which is not followed";
      throw new CollectFailure("invalid", `${url.host} responds with status ${statusCode}${location}`);
    }
    const pieces: Buffer[] = [];
    for await (const piece of body as AsyncIterable<Buffer>) pieces.push(piece);
    const encoding = String(headers["content-encoding"] ?? "identity");
    return { contentType: String(headers["content-type"] ?? ""), pieces: await decoded(pieces, encoding) };
  }

  /** On first use: it takes 20 MB of memory. */
  async #load(): Promise<Client> {
    const { Agent, buildConnector, request } = (await import("undici")).default;
    const connect = buildConnector({
      timeout: CONNECT_MS,
      lookup: (name, _options, callback) => {
        void this.#addressesOf(name).then(
          (all) => callback(null, all),
          (error: Error) => callback(error, []),
        );
      },
    });
    const judged: typeof connect = (options, callback) =>
      connect(options, (...[error, socket]) => {
        if (error !== null) return callback(error, null);
        const refusal = refusalOf(socket.remoteAddress ?? "0.0.0.0", socket.remotePort ?? 0, this.#rules);
        if (refusal === null) return callback(null, socket);
        socket.destroy();
        callback(
          new CollectFailure("forbidden", `${options.hostname} is ${socket.remoteAddress}, which ${refusal}`),
          null,
        );
      });
    const shared = { connect: judged, connections: 1, allowH2: false, maxResponseSize: BODY_BYTES_MAX };
    return {
      request,
      kept: new Agent({ ...shared, pipelining: 1, keepAliveTimeout: KEEP_ALIVE_MS }),
      single: new Agent({ ...shared, pipelining: 0 }),
    };
  }

  async #addressesOf(name: string): Promise<{ address: string; family: number }[]> {
    let addresses: readonly string[];
    try {
      addresses = await this.#resolver.resolve(name);
    } catch (cause) {
      throw new CollectFailure("unresolved", messageOf(cause), { cause });
    }
    return addresses.map((address) => {
      const refusal = refusalOf(address, 0, this.#rules);
      if (refusal !== null) throw new CollectFailure("forbidden", `${name} is ${address}, which ${refusal}`);
      return { address, family: address.includes(":") ? 6 : 4 };
    });
  }
}

interface Client {
  readonly request: typeof Undici.request;
  readonly kept: Dispatcher;
  readonly single: Dispatcher;
}

const CLOSED: ReadonlySet<string> = new Set(["UND_ERR_SOCKET", "ECONNRESET", "EPIPE"]);
const TOO_LONG = `the body is over ${BODY_BYTES_MAX / 2 ** 20} MiB`;
const unzip = promisify(gunzip);

async function decoded(pieces: readonly Buffer[], encoding: string): Promise<readonly Buffer[]> {
  if (encoding === "identity") return pieces;
  if (encoding !== "gzip")
    throw new CollectFailure("invalid", `the body is encoded as ${encoding}; wanted gzip or none`);
  try {
    return [await unzip(Buffer.concat(pieces), { maxOutputLength: BODY_BYTES_MAX })];
  } catch (cause) {
    const isTooLong = codeOf(cause) === "ERR_BUFFER_TOO_LARGE";
    throw new CollectFailure("invalid", isTooLong ? TOO_LONG : "the body is not valid gzip", { cause });
  }
}

/** The failure, in words that name the target. */
function failureOf({ host }: URL, error: unknown, signal: AbortSignal | null): CollectFailure {
  if (error instanceof CollectFailure) return error;
  const failure = (reason: CollectFailure["reason"], message: string) =>
    new CollectFailure(reason, message, { cause: error });
  if (signal?.aborted) return failure("timeout", `${host} did not respond in time`);
  const code = codeOf(error) ?? "";
  switch (code) {
    case "ECONNREFUSED":
      return failure("refused", `${host} refused the connection`);
    case "ENETUNREACH":
    case "EHOSTUNREACH":
      return failure("unreachable", `${host} cannot be reached`);
    case "UND_ERR_CONNECT_TIMEOUT":
    case "ETIMEDOUT":
    case "UND_ERR_HEADERS_TIMEOUT":
    case "UND_ERR_BODY_TIMEOUT":
      return failure("timeout", `${host} did not respond in time`);
    case "UND_ERR_RES_EXCEEDED_MAX_SIZE":
      return failure("invalid", TOO_LONG);
    default:
      return failure("unreachable", `${host}: ${messageOf(error)}`);
  }
}
