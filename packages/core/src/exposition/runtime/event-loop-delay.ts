import { monitorEventLoopDelay } from "node:perf_hooks";
import type { Clock } from "../../model/clock.ts";

const RESOLUTION_MS = 10;
const WINDOW_MS = 60_000;

export interface DelaySeconds {
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
}

type DelayHistogram = Pick<
  ReturnType<typeof monitorEventLoopDelay>,
  "enable" | "disable" | "reset" | "percentile" | "max"
>;

/**
 * The delay of a 10 ms timer. A window ends with the first reading after its minute; each figure is the worse of the
 * current and the previous window, so that every scraper sees a stall, and it disappears after two minutes.
 */
export class EventLoopDelay {
  readonly #clock: Clock;
  readonly #histogram: DelayHistogram;
  #windowStartMs: number;
  #closed: DelaySeconds = { p50: 0, p99: 0, max: 0 };

  constructor(clock: Clock, histogram: DelayHistogram = monitorEventLoopDelay({ resolution: RESOLUTION_MS })) {
    this.#clock = clock;
    this.#histogram = histogram;
    this.#windowStartMs = clock.monotonicMs();
    histogram.enable();
  }

  read(): DelaySeconds {
    const open = {
      p50: delaySeconds(this.#histogram.percentile(50)),
      p99: delaySeconds(this.#histogram.percentile(99)),
      max: delaySeconds(this.#histogram.max),
    };
    const worse = {
      p50: Math.max(open.p50, this.#closed.p50),
      p99: Math.max(open.p99, this.#closed.p99),
      max: Math.max(open.max, this.#closed.max),
    };
    if (this.#clock.monotonicMs() - this.#windowStartMs >= WINDOW_MS) this.#close(open);
    return worse;
  }

  stop(): void {
    this.#histogram.disable();
  }

  #close(open: DelaySeconds): void {
    this.#closed = open;
    this.#histogram.reset();
    this.#windowStartMs = this.#clock.monotonicMs();
  }
}

/** Node records the time between two ticks, its own 10 ms included. */
function delaySeconds(nanoseconds: number): number {
  return Math.max(0, nanoseconds / 1e6 - RESOLUTION_MS) / 1000;
}
