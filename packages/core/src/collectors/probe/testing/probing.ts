import type { CollectContext, InstanceRef } from "../../../model/collector.ts";
import { CollectFailure } from "../../../model/failure.ts";
import type { ProbeModule, TargetProfile } from "../../../model/target-definitions.ts";
import { systemClock } from "../../../platform/system-clock.ts";
import { SectionRecorder } from "../../scrape/testing/scraping.ts";
import { ProbeCollector } from "../probe-collector.ts";

/** What an instance is probed with. */
export interface Probed {
  readonly module: ProbeModule;
  readonly profile?: TargetProfile;
  readonly target?: string;
  readonly ip?: string;
  readonly signal?: AbortSignal;
}

/** A collector that probes once per call: what the probe wrote, and why it failed. */
export function probing(rules = { allowLoopback: true, ownPort: 1 }) {
  const collector = new ProbeCollector(systemClock, rules);
  return async ({ module, profile, target, ip = "127.0.0.1", signal }: Probed) => {
    const out = new SectionRecorder();
    const instance: InstanceRef = {
      id: 1,
      name: "web-1",
      ip,
      kind: "probe",
      interval: 1,
      target: target ?? null,
      simulation: null,
      createdAtMs: 0,
      definitions: { profile: profile ?? null, module, undefinedName: null },
    };
    const context: CollectContext = {
      occasion: "tick",
      wallMs: systemClock.wallMs(),
      monotonicMs: systemClock.monotonicMs(),
      signal: signal ?? null,
    };
    let reason: string | null = null;
    try {
      await collector.collect(instance, context, out);
    } catch (error) {
      reason = error instanceof CollectFailure ? error.reason : String(error);
    }
    return { out, reason, values: Object.fromEntries(out.samples) };
  };
}
