import { constants, PerformanceObserver } from "node:perf_hooks";

const GC_KINDS = ["minor", "major", "incremental", "weakcb"] as const;
export type GcKind = (typeof GC_KINDS)[number];

const KIND_BY_CODE = new Map<unknown, GcKind>([
  [constants.NODE_PERFORMANCE_GC_MINOR, "minor"],
  [constants.NODE_PERFORMANCE_GC_MAJOR, "major"],
  [constants.NODE_PERFORMANCE_GC_INCREMENTAL, "incremental"],
  [constants.NODE_PERFORMANCE_GC_WEAKCB, "weakcb"],
]);

/** Counts the garbage collections of the main thread since its creation. */
export class GarbageCollections {
  readonly runs: Record<GcKind, number> = { minor: 0, major: 0, incremental: 0, weakcb: 0 };
  readonly seconds: Record<GcKind, number> = { minor: 0, major: 0, incremental: 0, weakcb: 0 };
  readonly #observer: PerformanceObserver;

  constructor() {
    this.#observer = new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) this.#count(entry);
    });
    this.#observer.observe({ entryTypes: ["gc"] });
  }

  stop(): void {
    this.#observer.disconnect();
  }

  #count(entry: { readonly duration: number; readonly detail?: unknown }): void {
    const detail = entry.detail;
    const code = typeof detail === "object" && detail !== null && "kind" in detail ? detail.kind : undefined;
    const kind = KIND_BY_CODE.get(code);
    if (kind === undefined) return;
    this.runs[kind]++;
    this.seconds[kind] += entry.duration / 1000;
  }
}
