import type { Instance } from "./instance.ts";
import type { InstanceDefinitions } from "./target-definitions.ts";
import type { SeriesLayout, SourceFamily } from "./series-snapshot.ts";

/** What a collector knows about its instance. */
export type InstanceRef = Pick<
  Instance,
  "id" | "name" | "ip" | "kind" | "interval" | "target" | "simulation" | "createdAtMs"
> & {
  /** What the names of its profile and module stand for; absent when it has neither. */
  readonly definitions?: InstanceDefinitions;
};

/** The context of a collection. */
export interface CollectContext {
  /** `tick`: stored; percent and per-second values are computed. `refresh`: raw values for the snapshot only; rates repeat those of the last tick. */
  readonly occasion: "tick" | "refresh";
  /** The scheduled slot (tick) or now (refresh), milliseconds since 1970. */
  readonly wallMs: number;
  /** Monotonic time at the start of the reading, milliseconds; for rates. */
  readonly monotonicMs: number;
  /** Aborted when the collector's deadline has passed; for asynchronous collectors. */
  readonly signal: AbortSignal | null;
}

/**
 * Receives what a collector read. Writing nothing is valid: there is nothing to read (no disks, no such hardware). That is
 * a success without series, and the values stay unknown; for something that should exist but cannot be read, the collector
 * throws.
 */
export interface SampleWriter {
  /** One core metric of the instance's row; `column` from `COLUMN`. */
  column(column: number, value: number): void;
  /**
   * One series of the instance's snapshot. `labels` is a rendered block (see SeriesLayout), cached by the collector between
   * readings, so that an unchanged layout creates no string.
   */
  series(name: string, labels: string, value: number): void;
  /**
   * Describes a family that is not in the catalogue; its series follow, in the order in which they are served, and NaN is a
   * value of theirs.
   */
  family(family: SourceFamily): void;
  /** A part of the source could not be read: logged, and the rest is kept. */
  problem(message: string): void;
}

/** The series of a snapshot, in the order of its values. */
export type DescribedSeries = Pick<SeriesLayout, "names" | "labels" | "families">;

/** For a collection of several parts, each of which may fail alone. */
export interface SectionWriter extends SampleWriter {
  /** Notes which part begins, by its index: if it never returns, the main thread knows which one it was. */
  beginSection(index: number): void;
  /** Ends a section: the series written since the last one. Without a call, all series are one section named after the kind. */
  endSection(collector: string): void;
  /**
   * All series of the instance at once, instead of those of series() and family(). `key` is the same object as long as the
   * series are the same as in the last collection, and then they are not described again; `values` are copied.
   */
  wholeSnapshot(key: object, describe: () => DescribedSeries, values: Float64Array): void;
  /**
   * One part of the collection failed: drops the series since the last section, counts and logs the failure, goes on.
   * `isSlow`: because it delays the others, so it is left out from now on.
   */
  failSection(collector: string, message: string, isSlow?: boolean): void;
}

/**
 * Reads one source for one instance. Knows nothing of threads, batches or sinks.
 * A throw (or rejection) fails this collection alone: a row with `up` 0; of its series only ended sections are kept.
 */
export interface Collector {
  /** Label value, stable. */
  readonly name: string;
  collect(instance: InstanceRef, reading: CollectContext, out: SectionWriter): void | Promise<void>;
}
