import type { Instance } from "./instance.ts";

/** What a collector may know of the instance it reads. */
export type InstanceRef = Pick<Instance, "id" | "name" | "kind" | "interval" | "target" | "simulation" | "createdAtMs">;

/** The occasion of a collection. */
export interface Reading {
  /** `tick`: stored; percent and per-second values are made here. `refresh`: raw values for the page only; rates repeat the last tick's. */
  readonly occasion: "tick" | "refresh";
  /** The scheduled slot (tick) or now (refresh), milliseconds since 1970. */
  readonly wallMs: number;
  /** Stopwatch at the start of the reading, for rates. */
  readonly monotonicMs: number;
  /** Aborts when the collector's deadline has passed; only asynchronous collectors look at it. */
  readonly signal: AbortSignal | null;
}

/** Where a collector puts what it read. A collector that writes nothing leaves its values unknown. */
export interface SampleWriter {
  /** One core metric of the instance's row; `column` from `COLUMN`. */
  column(column: number, value: number): void;
  /**
   * One series of the host's page. `name` is in the catalogue; `labels` is a rendered block (see PageLayout) that the
   * collector keeps between readings, so that an unchanged layout costs no string.
   */
  series(name: string, labels: string, value: number): void;
}

/**
 * Reads one source for one instance. Knows nothing of threads, batches or sinks.
 * A throw (or rejection) costs only this collector: its section of the page is left out and counted.
 */
export interface Collector {
  /** Label value, stable. */
  readonly name: string;
  collect(instance: InstanceRef, reading: Reading, out: SampleWriter): void | Promise<void>;
}
