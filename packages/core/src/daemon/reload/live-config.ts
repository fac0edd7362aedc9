import type { Config } from "../../config/config.ts";
import type { LoadedConfig } from "../../config/loaded-config.ts";
import type { TargetDefinitions } from "../../model/target-definitions.ts";

/** The current configuration. A reload applies the reloadable settings of a new one; the others need a restart. */
export class LiveConfig {
  #current: Config;
  #definitions: TargetDefinitions;

  constructor({ config, targets }: Pick<LoadedConfig, "config" | "targets">) {
    this.#current = config;
    this.#definitions = targets;
  }

  get current(): Config {
    return this.#current;
  }

  /** The profiles and modules of targets: a reload applies all of them. */
  get definitions(): TargetDefinitions {
    return this.#definitions;
  }

  adopt({ config: next, targets }: Pick<LoadedConfig, "config" | "targets">): void {
    this.#definitions = targets;
    const { http, instances, log } = this.#current;
    this.#current = Object.freeze({
      ...this.#current,
      http: Object.freeze({ ...http, apiToken: next.http.apiToken }),
      instances: Object.freeze({
        ...instances,
        defaultInterval: next.instances.defaultInterval,
        removalLimitPercent: next.instances.removalLimitPercent,
      }),
      metrics: next.metrics,
      log: Object.freeze({ ...log, level: next.log.level }),
    });
  }
}
