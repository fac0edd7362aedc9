import { isDeepStrictEqual } from "node:util";
import type { DiscoveryJob } from "../model/discovery-jobs.ts";
import { CloudMonitorError } from "../model/errors.ts";
import type { Instance } from "../model/instance.ts";
import { counter, gauge } from "../model/own-metric.ts";
import type { OwnMetric } from "../model/own-metric.ts";
import type { DiscoverySync } from "./discovery-sync.ts";

/** Sources that a reload may change. */
export interface DiscoveryJobs {
  readonly jobs: readonly DiscoveryJob[];
  readonly syncOf: (job: DiscoveryJob) => DiscoverySync;
}

const NO_JOBS: DiscoveryJobs = {
  jobs: [],
  syncOf: ({ name }) => {
    throw new Error(`no job is expected: ${name}`);
  },
};

/** All sources of instances that are configured. */
export class Discovery {
  readonly #fixed: readonly DiscoverySync[];
  readonly #syncOf: DiscoveryJobs["syncOf"];
  /** By the name of the job. */
  #jobs: ReadonlyMap<string, { readonly job: DiscoveryJob; readonly sync: DiscoverySync }>;
  #isStarted = false;
  #ending: Promise<unknown> = Promise.resolve();

  /** `fixed`: those that need a restart to change. */
  constructor(fixed: readonly DiscoverySync[], { jobs, syncOf }: DiscoveryJobs = NO_JOBS) {
    this.#fixed = fixed;
    this.#syncOf = syncOf;
    this.#jobs = new Map(jobs.map((job) => [job.name, { job, sync: syncOf(job) }]));
  }

  get syncs(): readonly DiscoverySync[] {
    return [...this.#fixed, ...[...this.#jobs.values()].map(({ sync }) => sync)];
  }

  start(): void {
    this.#isStarted = true;
    for (const sync of this.syncs) sync.start();
  }

  /** Starts jobs that are new or changed, and ends the others; instances of a job that is gone stay. */
  useJobs(jobs: readonly DiscoveryJob[]): void {
    const before = this.#jobs;
    const isSame = (job: DiscoveryJob) => isDeepStrictEqual(before.get(job.name)?.job, job);
    this.#jobs = new Map(
      jobs.map((job) => [job.name, isSame(job) ? before.get(job.name)! : { job, sync: this.#syncOf(job) }]),
    );
    const kept = new Set([...this.#jobs.values()].map(({ sync }) => sync));
    const ended = [...before.values()].filter(({ sync }) => !kept.has(sync)).map(({ sync }) => sync.stop());
    this.#ending = Promise.all([this.#ending, ...ended]);
    const known = new Set([...before.values()].map(({ sync }) => sync));
    if (this.#isStarted) for (const sync of kept) if (!known.has(sync)) sync.start();
  }

  /** The profiles and modules are others: what was refused may now be valid, and the reverse. */
  recheck(): void {
    for (const { source } of this.syncs) source.recheck();
  }

  async stop(): Promise<void> {
    await Promise.all([this.#ending, ...this.syncs.map((sync) => sync.stop())]);
  }

  /** Throws `DISCOVERY_NOT_FOUND`. */
  sync(name: string): DiscoverySync {
    const sync = this.syncs.find(({ source }) => source.name === name);
    if (sync !== undefined) return sync;
    throw new CloudMonitorError("DISCOVERY_NOT_FOUND", "No source has this name; GET /api/v1/discovery lists them.");
  }

  /** Throws `INSTANCE_MANAGED` when a configured source has one of these: its next reading would undo the change. */
  refuseManaged(instances: Iterable<Pick<Instance, "source">>): void {
    for (const instance of instances) {
      const sync = this.syncs.find((each) => each.manages(instance));
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
    return this.syncs.flatMap(({ source, problems, held }) => {
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
    help: "Instances that a change which waits to be accepted would remove; 0: no change waits.",
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
