import type { DiscoveryJob } from "../model/discovery-jobs.ts";
import type { TargetDefinitions } from "../model/target-definitions.ts";
import type { Config } from "./config.ts";

export interface LoadedConfig {
  /** Deep-frozen. */
  readonly config: Config;
  /** The content of `targets.file`. */
  readonly targets: TargetDefinitions;
  /** The content of `instances.discoveryFile`. */
  readonly jobs: readonly DiscoveryJob[];
  /** The source of each value, by the user's key: `default`, `--http-port`, `cloud-monitor.yaml:12`, ... */
  readonly origins: ReadonlyMap<string, string>;
}
