import { CloudMonitorError } from "../model/errors.ts";
import type { Instance } from "../model/instance.ts";
import { counter, gauge } from "../model/own-metric.ts";
import type { OwnMetric } from "../model/own-metric.ts";
import type { DiscoverySync } from "./discovery-sync.ts";

/** All sources of instances that are configured. */
export class Discovery {
  readonly #syncs: readonly DiscoverySync[];

  constructor(syncs: readonly DiscoverySync[]) {
    this.#syncs = syncs;
  }

  get syncs(): readonly DiscoverySync[] {
    return this.#syncs;
  }

  start(): void {
    for (const sync of this.#syncs) sync.start();
  }

  /** The profiles and modules are others: what was refused may now be valid, and the reverse. */
  recheck(): void {
    for (const { source } of this.#syncs) source.recheck();
  }

  async stop(): Promise<void> {
    await Promise.all(this.#syncs.map((sync) => sync.stop()));
  }

  /** Throws `DISCOVERY_NOT_FOUND`. */
  sync(name: string): DiscoverySync {
    const sync = this.#syncs.find(({ source }) => source.name === name);
    if (sync !== undefined) return sync;
    throw new CloudMonitorError("DISCOVERY_NOT_FOUND", "No source has this name; GET /api/v1/discovery lists them.");
  }

  /** Throws `INSTANCE_MANAGED` when a configured source has one of these: its next reading would undo the change. */
  refuseManaged(instances: Iterable<Pick<Instance, "source">>): void {
    for (const instance of instances) {
      const sync = this.#syncs.find((each) => each.manages(instance));
      if (sync === undefined) continue;
      const { name, location } = sync.source;
      throw new CloudMonitorError(
        "INSTANCE_MANAGED",
        `The source discovery:${name} has this instance, or one of these; change it there: ${location}.`,
      );
    }
  }

  /** For /health. */
  problems(): string[] {
    return this.#syncs.flatMap(({ source, problems, held }) => {
      const [first] = problems;
      const failed = first === undefined ? [] : [`discovery:${source.name} failed: ${first.where}: ${first.message}`];
      if (held === null) return failed;
      const accept = `cloudctl discovery accept ${source.name}`;
      return [
        ...failed,
        `discovery:${source.name}: a change that removes ${held.removed} of ${held.present} instances is held; \`${accept}\` applies it`,
      ];
    });
  }
}

const bySource = (discovery: Discovery, read: (sync: DiscoverySync) => number) =>
  Object.fromEntries(discovery.syncs.map((sync) => [sync.source.name, read(sync)]));

export const DISCOVERY_METRICS: readonly OwnMetric<Discovery>[] = [
  gauge({
    name: "cloud_monitor_discovery_instances",
    help: "Instances that a source of instances has.",
    labels: ["source"],
    read: (discovery) => bySource(discovery, ({ instances }) => instances),
  }),
  gauge({
    name: "cloud_monitor_discovery_held_removals",
    help: "Instances that a change would remove which waits to be accepted; 0: none waits.",
    labels: ["source"],
    read: (discovery) => bySource(discovery, ({ held }) => held?.removed ?? 0),
  }),
  gauge({
    name: "cloud_monitor_discovery_last_success_timestamp_seconds",
    help: "When a source was last read without a problem, seconds since 1970; 0: never.",
    labels: ["source"],
    read: (discovery) => bySource(discovery, ({ lastFoundMs }) => (lastFoundMs ?? 0) / 1000),
  }),
  counter({
    name: "cloud_monitor_discovery_failures_total",
    help: "Readings of a source that failed, and left its instances as they were.",
    labels: ["source"],
    read: (discovery) => bySource(discovery, ({ counts }) => counts.failures),
  }),
];
