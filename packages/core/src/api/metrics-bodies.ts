import { Readable } from "node:stream";
import { createGzip } from "node:zlib";
import type { Exposition, RenderRequest } from "../exposition/exposition.ts";
import type { Clock } from "../model/clock.ts";
import { CloudMonitorError } from "../model/errors.ts";
import { BodyGzip, GZIP_LEVEL } from "./body-gzip.ts";
import { LIMITS } from "./limits.ts";

export interface MetricsBodiesOptions {
  readonly source: Pick<Exposition, "render">;
  readonly clock: Clock;
  /** How old a page may be; a body is served again for at most 100 ms of it. */
  readonly cacheTtlMs: () => number;
}

/** Either the whole page, to be shared, or the beginning of one that is too large for that. */
type Rendering =
  | { readonly whole: WholeBody }
  | { readonly whole: null; readonly first: string[]; readonly rest: Pieces };
type Pieces = AsyncIterator<string, unknown>;

interface WholeBody {
  readonly plain: Buffer;
  gzipped: Promise<Buffer> | null;
}

interface Share {
  readonly rendering: Promise<Rendering>;
  /** Stopwatch; Infinity while it runs. */
  endsAtMs: number;
}

const SHARED_MS_MAX = 100;
const SHARED_BYTES_MAX = 1024 * 1024;
const SHARES_MAX = 8;

/**
 * Bodies of `/metrics`. Equal requests share a rendering while it runs and for 100 ms after. A page over 1 MiB is
 * streamed to one caller instead, and is never whole in memory. At most four pages are being rendered at once.
 */
export class MetricsBodies {
  readonly #options: MetricsBodiesOptions;
  readonly #shares = new Map<string, Share>();
  readonly #gzip = new BodyGzip();
  #renderings = 0;

  constructor(options: MetricsBodiesOptions) {
    this.#options = options;
  }

  /** `TOO_BUSY` beyond four renderings; `COLLECTOR_UNKNOWN` as the source has it. */
  async body(request: RenderRequest, compressed: boolean): Promise<Buffer | Readable> {
    const key = keyOf(request);
    const share = this.#liveShare(key);
    const rendering = await (share ?? this.#share(key, request)).rendering;
    if (rendering.whole !== null) return compressed ? this.#compress(rendering.whole) : rendering.whole.plain;
    // Only the first caller may read on; the others start again.
    const own = share === undefined ? rendering : await this.#render(request);
    return own.whole === null ? this.#stream(own, compressed) : own.whole.plain;
  }

  #compress(body: WholeBody): Promise<Buffer> {
    body.gzipped ??= this.#gzip.compress(body.plain);
    return body.gzipped;
  }

  #liveShare(key: string): Share | undefined {
    const share = this.#shares.get(key);
    if (share !== undefined && share.endsAtMs > this.#options.clock.monotonicMs()) return share;
    this.#shares.delete(key);
    return undefined;
  }

  #share(key: string, request: RenderRequest): Share {
    if (this.#shares.size >= SHARES_MAX) this.#shares.clear();
    const share: Share = { rendering: this.#render(request), endsAtMs: Number.POSITIVE_INFINITY };
    this.#shares.set(key, share);
    const end = (afterMs: number) => (share.endsAtMs = this.#options.clock.monotonicMs() + afterMs);
    share.rendering.then(
      ({ whole }) => end(whole === null ? 0 : Math.min(SHARED_MS_MAX, this.#options.cacheTtlMs())),
      () => end(0),
    );
    return share;
  }

  async #render(request: RenderRequest): Promise<Rendering> {
    this.#take();
    try {
      const rest = (await this.#options.source.render(request))[Symbol.asyncIterator]();
      const first: string[] = [];
      let length = 0;
      while (length <= SHARED_BYTES_MAX) {
        const next = await rest.next();
        if (next.done === true) {
          this.#renderings--;
          return { whole: { plain: Buffer.from(first.join("")), gzipped: null } };
        }
        first.push(next.value);
        length += next.value.length;
      }
      return { whole: null, first, rest };
    } catch (error) {
      this.#renderings--;
      throw error;
    }
  }

  #take(): void {
    if (this.#renderings >= LIMITS.renderingsMax) {
      throw new CloudMonitorError(
        "TOO_BUSY",
        `${LIMITS.renderingsMax} renderings of /metrics are running, as many as are allowed; try again in a second.`,
      );
    }
    this.#renderings++;
  }

  #stream({ first, rest }: Rendering & { whole: null }, compressed: boolean): Readable {
    const text = Readable.from(pieces(first, rest));
    text.once("close", () => {
      this.#renderings--;
      // A stream that is closed before its first piece was read does not end its source by itself.
      void rest.return?.();
    });
    if (!compressed) return text;
    const zipped = createGzip({ level: GZIP_LEVEL });
    text.on("error", (error) => zipped.destroy(error));
    zipped.on("close", () => text.destroy());
    return text.pipe(zipped);
  }
}

function keyOf({ format, collect, exclude }: RenderRequest): string {
  return JSON.stringify([format, [...(collect ?? [])].sort(), [...(exclude ?? [])].sort()]);
}

async function* pieces(first: readonly string[], rest: Pieces): AsyncGenerator<string, void, undefined> {
  yield* first;
  for (let next = await rest.next(); next.done !== true; next = await rest.next()) yield next.value;
}
