import type { CollectContext, DescribedSeries, InstanceRef, SectionWriter } from "../../../model/collector.ts";
import { CollectFailure } from "../../../model/failure.ts";
import type { TargetProfile } from "../../../model/target-definitions.ts";
import { systemClock } from "../../../platform/system-clock.ts";
import { RecordingWriter } from "../../host/testing/collect-once.ts";
import { Fetcher } from "../fetcher.ts";
import { ScrapeCollector } from "../scrape-collector.ts";

const RULES = { allowLoopback: true, ownPort: 1 };

/** As the thread does: the series are described once per key. */
const DESCRIBED = new WeakMap<object, DescribedSeries>();

/** What a collection wrote, whole snapshots included. */
export class SectionRecorder extends RecordingWriter implements SectionWriter {
  readonly failures: string[] = [];

  beginSection(): void {}

  wholeSnapshot(key: object, describe: () => DescribedSeries, values: Float64Array): void {
    const { names, labels, families } = DESCRIBED.get(key) ?? describe();
    DESCRIBED.set(key, { names, labels, families });
    for (const family of families) this.family(family);
    for (const [index, name] of names.entries()) this.series(name, labels[index]!, values[index]!);
  }

  endSection(): void {}

  failSection(_collector: string, message: string): void {
    this.failures.push(message);
  }
}

/** A collector, and one instance per target: for tests of what it collects. */
export function scraping(rules = RULES, profile: TargetProfile | null = null) {
  const collector = new ScrapeCollector(new Fetcher(systemClock, rules), systemClock);
  const instances = new Map<string, InstanceRef>();
  const instanceOf = (target: string) => {
    const fixed = { id: 1, name: "web-1", ip: "127.0.0.1", kind: "scrape", interval: 5, createdAtMs: 0 } as const;
    const instance = instances.get(target) ?? {
      ...fixed,
      target,
      simulation: null,
      definitions: { profile, module: null, undefinedName: null },
    };
    instances.set(target, instance);
    return instance;
  };
  /** What one collection wrote, and why it failed. */
  const collect = async (url: string, signal: AbortSignal | null = null) => {
    const out = new SectionRecorder();
    const monotonicMs = systemClock.monotonicMs();
    const context: CollectContext = { occasion: "tick", wallMs: Date.UTC(2026, 0, 1), monotonicMs, signal };
    let reason: string | null = null;
    try {
      await collector.collect(instanceOf(url), context, out);
    } catch (error) {
      reason = error instanceof CollectFailure ? error.reason : String(error);
    }
    return { out, reason };
  };
  return collect;
}
