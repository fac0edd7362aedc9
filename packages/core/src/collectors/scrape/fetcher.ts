import { promisify } from "node:util";
import { gunzip, gunzipSync } from "node:zlib";
import type { Clock } from "../../model/clock.ts";
import { codeOf } from "../../model/errors.ts";
import { CollectFailure } from "../../model/failure.ts";
import type { TargetProfile } from "../../model/target-definitions.ts";
import { mayUse } from "../../platform/host-list.ts";
import type { TargetRules } from "../../platform/target-judge.ts";
import { connectFailure } from "../targets/connect-failure.ts";
import { CredentialFiles } from "../targets/credentials.ts";
import { TargetConnector } from "../targets/target-connector.ts";
import { portOf } from "../targets/target-url.ts";
import { BODY_BYTES_MAX, ClientPool } from "./client-pool.ts";
import { freeMemory } from "./free-memory.ts";
import { LARGE_BYTES, LargeBodies, Turn } from "./large-bodies.ts";
import { ResponseReceiver } from "./response-receiver.ts";
import type { Received } from "./response-receiver.ts";

const REDIRECTS_MAX = 3;
const HEADERS = {
  accept: "application/openmetrics-text;version=1.0.0;q=0.5,text/plain;version=0.0.4;q=0.3,*/*;q=0.2",
  "accept-encoding": "gzip",
  "user-agent": "cloud-monitor",
};

/** Disposed of when the body is no longer needed: another large one may take its place then. */
export interface Fetched extends Disposable {
  readonly contentType: string;
  /** The decoded body in pieces. */
  readonly pieces: readonly Buffer[];
}

/** What a request takes beside its URL. */
interface RequestOptions {
  readonly profile: TargetProfile | null;
  readonly signal: AbortSignal | null;
}

/** Fetches bodies over HTTP; its connections go only where the rules allow. */
export class Fetcher {
  readonly #connector: TargetConnector;
  readonly #credentials: CredentialFiles;
  readonly #clients: ClientPool;
  readonly #largeBodies = new LargeBodies();

  constructor(clock: Clock, rules: TargetRules) {
    this.#connector = new TargetConnector(clock, rules);
    this.#credentials = new CredentialFiles(clock);
    this.#clients = new ClientPool(this.#connector, clock);
  }

  /** Throws CollectFailure: the reason, and a message that names what responded. */
  async get(url: URL, options: RequestOptions): Promise<Fetched> {
    const { profile, signal } = options;
    let at = url;
    // Credentials are for the target that the instance names, not for where it redirects to, nor for what comes after.
    let trusted = profile;
    for (let redirects = 0; ; redirects++) {
      const turn = new Turn(this.#largeBodies, signal);
      let response: Received;
      try {
        response = await this.#request(at, { profile: trusted, signal, turn });
        if (response.statusCode === 200) return await fetchedOf(response, turn);
      } catch (error) {
        turn.release();
        throw failureOf(at, error, signal);
      }
      at = nextUrl(at, response, { isAllowed: profile?.followRedirects === true, redirects });
      if (at.origin !== url.origin) trusted = null;
    }
  }

  async #request(url: URL, { profile, signal, turn }: RequestOptions & { readonly turn: Turn }): Promise<Received> {
    this.#connector.checkHost(url.hostname, portOf(url));
    if (profile !== null && !mayUse(profile, url.hostname))
      throw new CollectFailure("forbidden", `${url.host} is none of the hosts of the profile`);
    const { authorization, tls } = this.#credentials.of(profile);
    const headers = authorization === null ? HEADERS : { ...HEADERS, authorization };
    const { origin } = url;
    const path = url.pathname + url.search;
    for (let isRepeated = false; ; isRepeated = true) {
      const { dispatcher, isReused, release } = await this.#clients.clientFor(origin, tls);
      const receiver = new ResponseReceiver({ signal, turn, onEnded: release });
      dispatcher.dispatch({ origin, path, method: "GET", headers }, receiver);
      try {
        return await receiver.received;
      } catch (error) {
        // A kept connection that the target has just closed says nothing about the target.
        const isClosed = !receiver.hasStarted && CLOSED.has(codeOf(error) ?? "");
        if (isRepeated || !isReused || !isClosed) throw error;
        this.#clients.forget(origin);
      }
    }
  }
}

const CLOSED: ReadonlySet<string> = new Set(["UND_ERR_SOCKET", "ECONNRESET", "EPIPE"]);
const TOO_LONG = `the body is over ${BODY_BYTES_MAX / 2 ** 20} MiB`;
const unzip = promisify(gunzip);
/** Of zlib. */
const CHUNK_BYTES_MIN = 64;

/** Where a response redirects to. Throws CollectFailure when it does not, or must not. */
function nextUrl(
  at: URL,
  { statusCode, headers }: Received,
  { isAllowed, redirects }: { readonly isAllowed: boolean; readonly redirects: number },
): URL {
  const { location } = headers;
  const isRedirect = statusCode >= 300 && statusCode < 400 && typeof location === "string";
  const responds = `${at.host} responds with status ${statusCode}`;
  if (!isRedirect) throw new CollectFailure("invalid", responds);
  if (!isAllowed) throw new CollectFailure("invalid", `${responds}, a redirect, which is not followed`);
  if (redirects >= REDIRECTS_MAX) throw new CollectFailure("invalid", `${responds} after ${redirects} redirects`);
  const next = URL.parse(location, at.href);
  if (next === null || !/^https?:$/.test(next.protocol))
    throw new CollectFailure("invalid", `${responds}, a redirect to what is no http or https URL`);
  return next;
}

async function fetchedOf({ headers, pieces }: Received, turn: Turn): Promise<Fetched> {
  const body = await decoded(pieces, String(headers["content-encoding"] ?? "identity"), turn);
  return {
    contentType: String(headers["content-type"] ?? ""),
    pieces: body,
    [Symbol.dispose]: () => {
      freeMemory(pieces);
      freeMemory(body);
      turn.release();
    },
  };
}

/** Small compressed bodies may be large: then it must be their turn before they are decompressed as a whole. */
async function decoded(pieces: readonly Buffer[], encoding: string, turn: Turn): Promise<readonly Buffer[]> {
  if (encoding === "identity") return pieces;
  if (encoding !== "gzip")
    throw new CollectFailure("invalid", `the body is encoded as ${encoding}; wanted gzip or none`);
  const compressed = pieces.length === 1 ? pieces[0]! : Buffer.concat(pieces);
  const small = unzippedSmall(compressed);
  if (small !== null) return [small];
  await turn.take();
  try {
    return [await unzip(compressed, { maxOutputLength: BODY_BYTES_MAX })];
  } catch (error) {
    throw isTooLong(error) ? new CollectFailure("invalid", TOO_LONG) : noGzip(error);
  }
}

/** Null when it is large. On this thread: it takes 0.1 ms, and less than what a thread of the pool adds. */
function unzippedSmall(compressed: Buffer): Buffer | null {
  // Where it says how long it is, decompressed (RFC 1952), so that it is written to one buffer. It may lie.
  const length = compressed.length < 4 ? 0 : compressed.readUInt32LE(compressed.length - 4);
  if (length > LARGE_BYTES) return null;
  try {
    return gunzipSync(compressed, { maxOutputLength: LARGE_BYTES, chunkSize: Math.max(length + 1, CHUNK_BYTES_MIN) });
  } catch (error) {
    if (isTooLong(error)) return null;
    throw noGzip(error);
  }
}

function isTooLong(error: unknown): boolean {
  return codeOf(error) === "ERR_BUFFER_TOO_LARGE";
}

function noGzip(cause: unknown): CollectFailure {
  return new CollectFailure("invalid", "the body is not valid gzip", { cause });
}

function failureOf({ host }: URL, error: unknown, signal: AbortSignal | null): CollectFailure {
  if (codeOf(error) === "UND_ERR_RES_EXCEEDED_MAX_SIZE")
    return new CollectFailure("invalid", TOO_LONG, { cause: error });
  return connectFailure(host, error, signal);
}
