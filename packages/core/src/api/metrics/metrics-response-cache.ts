import type { Exposition, RenderRequest } from "../../exposition/exposition.ts";
import type { Clock } from "../../model/clock.ts";
import { CloudMonitorError } from "../../model/errors.ts";
import { BodyGzip } from "../http/body-gzip.ts";
import { LIMITS } from "../http/limits.ts";

export interface MetricsResponseCacheOptions {
  readonly source: Pick<Exposition, "render">;
  readonly clock: Clock;
  readonly yieldToLoop: () => Promise<void>;
  /** Maximum age of a response; a body is served again for at most 100 ms of it. */
  readonly cacheTtlMs: () => number;
}

interface Share {
  readonly plain: Promise<Buffer>;
  gzipped: Promise<Buffer> | null;
}

const SHARED_MS_MAX = 100;
const SHARES_MAX = 8;
/** Copied between two event-loop turns: about a quarter of a millisecond. */
const COPY_BYTES = 1024 * 1024;

/**
 * Bodies of `/metrics` and of its pages. Identical requests share a rendering while it runs and for 100 ms afterwards. A body is complete before
 * its first byte is sent, so the limit of four concurrent renderings counts our own work, not a reader's slowness:
 * unread responses are limited by `OpenResponses`.
 */
export class MetricsResponseCache {
  readonly #options: MetricsResponseCacheOptions;
  readonly #shares = new Map<string, Share>();
  readonly #gzip = new BodyGzip();
  #renderings = 0;

  constructor(options: MetricsResponseCacheOptions) {
    this.#options = options;
  }

  /** `TOO_BUSY` beyond four renderings; `COLLECTOR_UNKNOWN` from the source. */
  async body(request: RenderRequest, compressed: boolean): Promise<Buffer> {
    const key = keyOf(request);
    const share = this.#shares.get(key) ?? this.#share(key, request);
    if (!compressed) return share.plain;
    share.gzipped ??= share.plain.then((plain) => this.#gzip.compress(plain));
    return share.gzipped;
  }

  #share(key: string, request: RenderRequest): Share {
    if (this.#shares.size >= SHARES_MAX) this.#shares.clear();
    const share: Share = { plain: this.#render(request), gzipped: null };
    this.#shares.set(key, share);
    const forget = () => {
      if (this.#shares.get(key) === share) this.#shares.delete(key);
    };
    // With a timer, because a body of many megabytes must not stay in memory until the next request.
    share.plain.then(() => this.#forgetIn(Math.min(SHARED_MS_MAX, this.#options.cacheTtlMs()), forget), forget);
    return share;
  }

  #forgetIn(delayMs: number, forget: () => void): void {
    if (delayMs > 0) this.#options.clock.after(delayMs, forget);
    else forget();
  }

  async #render(request: RenderRequest): Promise<Buffer> {
    if (this.#renderings >= LIMITS.renderingsMax) {
      throw new CloudMonitorError(
        "TOO_BUSY",
        `${LIMITS.renderingsMax} renderings of /metrics are running, which is the maximum; try again in a second.`,
      );
    }
    this.#renderings++;
    try {
      const pieces: Buffer[] = [];
      for await (const piece of await this.#options.source.render(request)) pieces.push(Buffer.from(piece));
      return await this.#join(pieces);
    } finally {
      this.#renderings--;
    }
  }

  /** `Buffer.concat` of 100 MB would block the event loop for 30 ms. */
  async #join(pieces: readonly Buffer[]): Promise<Buffer> {
    const length = pieces.reduce((sum, piece) => sum + piece.length, 0);
    if (length <= COPY_BYTES) return pieces.length === 1 ? pieces[0]! : Buffer.concat(pieces, length);
    const body = Buffer.allocUnsafeSlow(length);
    let offset = 0;
    let turnAt = COPY_BYTES;
    for (const piece of pieces) {
      offset += piece.copy(body, offset);
      if (offset < turnAt) continue;
      turnAt = offset + COPY_BYTES;
      await this.#options.yieldToLoop();
    }
    return body;
  }
}

function keyOf({ format, page, collect, exclude }: RenderRequest): string {
  return JSON.stringify([format, page, [...(collect ?? [])].sort(), [...(exclude ?? [])].sort()]);
}
