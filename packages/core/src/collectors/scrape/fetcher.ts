import { promisify } from "node:util";
import { gunzip } from "node:zlib";
import type { Clock } from "../../model/clock.ts";
import { codeOf } from "../../model/errors.ts";
import { CollectFailure } from "../../model/failure.ts";
import type { TargetProfile } from "../../model/target-definitions.ts";
import { mayUse } from "../../platform/host-list.ts";
import type { TargetRules } from "../../platform/target-judge.ts";
import { connectFailure } from "../targets/connect-failure.ts";
import { CredentialFiles } from "../targets/credentials.ts";
import { orAborted } from "../targets/or-aborted.ts";
import { TargetConnector } from "../targets/target-connector.ts";
import { portOf } from "../targets/target-url.ts";
import { BODY_BYTES_MAX, ClientPool } from "./client-pool.ts";
import { LARGE_BYTES, LargeBodies } from "./large-bodies.ts";
import type { Response } from "./client-pool.ts";

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
      let response: Response;
      let release: (() => void) | null = null;
      try {
        ({ response, release } = await this.#request(at, { profile: trusted, signal }));
        if (response.statusCode === 200) return await this.#read(response, signal);
        discard(response);
      } catch (error) {
        throw failureOf(at, error, signal);
      } finally {
        release?.();
      }
      at = nextUrl(at, response, { isAllowed: profile?.followRedirects === true, redirects });
      if (at.origin !== url.origin) trusted = null;
    }
  }

  async #read({ body, headers }: Response, signal: AbortSignal | null): Promise<Fetched> {
    const pieces: Buffer[] = [];
    let length = 0;
    const releases: (() => void)[] = [];
    const release = () => releases.forEach((each) => each());
    const takeTurn = async () => {
      if (releases.length === 0) releases.push(await this.#largeBodies.acquire(signal));
    };
    try {
      for await (const piece of body as AsyncIterable<Buffer>) {
        length += piece.length;
        pieces.push(piece);
        if (length > LARGE_BYTES) await takeTurn();
      }
      const encoding = String(headers["content-encoding"] ?? "identity");
      return {
        contentType: String(headers["content-type"] ?? ""),
        pieces: await decoded(pieces, encoding, takeTurn),
        [Symbol.dispose]: release,
      };
    } catch (error) {
      release();
      throw error;
    }
  }

  async #request(
    url: URL,
    { profile, signal }: RequestOptions,
  ): Promise<{ readonly response: Response; readonly release: () => void }> {
    this.#connector.checkHost(url.hostname, portOf(url));
    if (profile !== null && !mayUse(profile, url.hostname))
      throw new CollectFailure("forbidden", `${url.host} is none of the hosts of the profile`);
    const { authorization, tls } = this.#credentials.of(profile);
    const headers = authorization === null ? HEADERS : { ...HEADERS, authorization };
    for (let isRepeated = false; ; isRepeated = true) {
      const { request, dispatcher, isReused, release } = await this.#clients.clientFor(url.origin, tls);
      const pending = request(url, { dispatcher, headers, signal });
      try {
        return { response: await orAborted(pending, signal), release };
      } catch (error) {
        // After an abort the connection is not free before the request has ended, too.
        void pending.then(discard, () => {}).finally(release);
        // A kept connection that the target has just closed says nothing about the target.
        if (isRepeated || !isReused || !CLOSED.has(codeOf(error) ?? "")) throw error;
        this.#clients.forget(url.origin);
      }
    }
  }
}

function discard({ body }: Response): void {
  body.on("error", () => {}).destroy();
}

const CLOSED: ReadonlySet<string> = new Set(["UND_ERR_SOCKET", "ECONNRESET", "EPIPE"]);
const TOO_LONG = `the body is over ${BODY_BYTES_MAX / 2 ** 20} MiB`;
const unzip = promisify(gunzip);

/** Where a response redirects to. Throws CollectFailure when it does not, or must not. */
function nextUrl(
  at: URL,
  { statusCode, headers }: Response,
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

/** Small compressed bodies may be large: then `takeTurn` is called before they are decompressed as a whole. */
async function decoded(
  pieces: readonly Buffer[],
  encoding: string,
  takeTurn: () => Promise<unknown>,
): Promise<readonly Buffer[]> {
  if (encoding === "identity") return pieces;
  if (encoding !== "gzip")
    throw new CollectFailure("invalid", `the body is encoded as ${encoding}; wanted gzip or none`);
  const compressed = Buffer.concat(pieces);
  const small = await unzipped(compressed, LARGE_BYTES);
  if (small !== null) return [small];
  await takeTurn();
  const large = await unzipped(compressed, BODY_BYTES_MAX);
  if (large === null) throw new CollectFailure("invalid", TOO_LONG);
  return [large];
}

/** Null when it is longer. */
async function unzipped(compressed: Buffer, bytesMax: number): Promise<Buffer | null> {
  try {
    return await unzip(compressed, { maxOutputLength: bytesMax });
  } catch (cause) {
    if (codeOf(cause) === "ERR_BUFFER_TOO_LARGE") return null;
    throw new CollectFailure("invalid", "the body is not valid gzip", { cause });
  }
}

function failureOf({ host }: URL, error: unknown, signal: AbortSignal | null): CollectFailure {
  if (codeOf(error) === "UND_ERR_RES_EXCEEDED_MAX_SIZE")
    return new CollectFailure("invalid", TOO_LONG, { cause: error });
  return connectFailure(host, error, signal);
}
