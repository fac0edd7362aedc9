import type { ReloadOutcome } from "../../api/http/context.ts";
import { diffConfig } from "../../config/diff-config.ts";
import type { LoadedConfig } from "../../config/loaded-config.ts";
import { CloudMonitorError, isCloudMonitorError, messageOf } from "../../model/errors.ts";
import type { Logger, LogLevel } from "../../model/logger.ts";
import { counter } from "../../model/own-metric.ts";
import type { OwnMetric } from "../../model/own-metric.ts";
import type { LiveConfig } from "./live-config.ts";

export interface ReloaderOptions {
  readonly live: LiveConfig;
  /** Reloads all sources. */
  readonly load: () => Promise<LoadedConfig>;
  readonly setLogLevel: (level: LogLevel) => void;
  /** This host follows the default interval; existing instances keep theirs. */
  readonly setHostInterval: (seconds: number) => Promise<void>;
  /** The profiles and modules of targets, and the jobs of discovery, may be others. */
  readonly useDefinitions: (loaded: Pick<LoadedConfig, "jobs">) => void;
  readonly logger: Logger;
}

/** SIGHUP and POST /-/reload: a valid configuration takes effect where possible; an invalid one changes nothing. */
export class Reloader {
  readonly counts = { success: 0, failure: 0 };
  readonly #options: ReloaderOptions;

  constructor(options: ReloaderOptions) {
    this.#options = options;
  }

  /** Throws `RELOAD_INVALID` with every problem. */
  async reload(): Promise<ReloadOutcome> {
    const { live, logger, setHostInterval, setLogLevel, useDefinitions } = this.#options;
    const next = await this.#load();
    const { live: applied, restart } = diffConfig(live.current, next.config);
    const { defaultInterval } = live.current.instances;
    live.adopt(next);
    setLogLevel(next.config.log.level);
    useDefinitions(next);
    if (next.config.instances.defaultInterval !== defaultInterval) {
      await setHostInterval(next.config.instances.defaultInterval);
    }
    this.counts.success++;
    logger.info("configuration reloaded", { changed: applied, restartNeeded: restart });
    return { changed: applied.map(({ key }) => key), restartNeeded: restart.map(({ key }) => key) };
  }

  async #load(): Promise<LoadedConfig> {
    try {
      return await this.#options.load();
    } catch (error) {
      this.counts.failure++;
      const details = isCloudMonitorError(error) ? error.details : [];
      this.#options.logger.error("reload rejected, keeping the old configuration", {
        problems: details.length > 0 ? details : messageOf(error),
      });
      throw new CloudMonitorError("RELOAD_INVALID", "the new configuration has problems; the old one stays in effect", {
        cause: error,
        details,
      });
    }
  }
}

export const RELOAD_METRICS: readonly OwnMetric<Pick<Reloader, "counts">>[] = [
  counter({
    name: "cloud_monitor_config_reloads_total",
    help: "Reloads of the configuration, by result.",
    labels: ["result"],
    read: ({ counts }) => counts,
  }),
];
