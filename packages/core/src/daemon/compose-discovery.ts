import { Fetcher } from "../collectors/scrape/fetcher.ts";
import { CredentialFiles } from "../collectors/targets/credentials.ts";
import type { Config } from "../config/config.ts";
import type { LoadedConfig } from "../config/loaded-config.ts";
import { Discovery } from "../discovery/discovery.ts";
import { DiscoverySync } from "../discovery/discovery-sync.ts";
import { FileSource } from "../discovery/file/file-source.ts";
import { InstancesFile } from "../discovery/file/instances-file.ts";
import { finderOf } from "../discovery/finders/finder-of.ts";
import { SourceClient } from "../discovery/finders/source-client.ts";
import { JobSource } from "../discovery/jobs/job-source.ts";
import type { Inventory } from "../fleet/inventory.ts";
import type { Clock } from "../model/clock.ts";
import { yieldToLoop } from "../platform/system-clock.ts";
import type { TargetRules } from "../platform/target-judge.ts";
import type { RootLogger } from "./logging/logger.ts";
import type { LiveConfig } from "./reload/live-config.ts";

export interface DiscoveryParts {
  readonly loaded: LoadedConfig;
  readonly live: LiveConfig;
  readonly inventory: Inventory;
  readonly clock: Clock;
  readonly random: () => number;
  readonly logger: RootLogger;
}

/** Where targets may be. */
export function targetRulesOf({ targets, http }: Config): TargetRules {
  return { allowLoopback: targets.allowLoopback, ownPort: http.port };
}

/** The sources of instances that are configured. */
export function composeDiscovery({ clock, inventory, live, loaded, logger, random }: DiscoveryParts): Discovery {
  const { config } = loaded;
  const { file: path, removalGraceMs } = config.instances;
  const common = {
    rules: () => ({ targets: targetRulesOf(config), definitions: live.definitions }),
    defaultInterval: () => live.current.instances.defaultInterval,
    yieldToLoop,
  };
  const syncing = {
    inventory,
    clock,
    yieldToLoop,
    logger: logger.child("discovery"),
    removalLimitPercent: () => live.current.instances.removalLimitPercent,
  };
  const files = path === null ? [] : [new FileSource({ path, file: new InstancesFile({ path, ...common }), clock })];
  const sourceRules = { allowLoopback: true, ownPort: config.http.port };
  const fetcher = new Fetcher(clock, sourceRules);
  const client = new SourceClient(clock, sourceRules);
  const credentials = new CredentialFiles(clock);
  const context = { clock, random, yieldToLoop, definitions: () => live.definitions, fetcher, client, credentials };
  const fixed = files.map((source) => new DiscoverySync({ ...syncing, source }));
  return new Discovery(fixed, {
    jobs: loaded.jobs,
    syncOf: (job) => {
      const finders = job.finders.map((finder) => finderOf(finder, context));
      return new DiscoverySync({ ...syncing, source: new JobSource({ ...common, job, finders }), removalGraceMs });
    },
  });
}
