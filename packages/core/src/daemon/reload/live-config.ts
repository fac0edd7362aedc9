import type { Config } from "../../config/config.ts";

/** The current configuration. A reload applies the reloadable settings of a new one; the others need a restart. */
export class LiveConfig {
  #current: Config;

  constructor(config: Config) {
    this.#current = config;
  }

  get current(): Config {
    return this.#current;
  }

  adopt(next: Config): void {
    const { http, instances, log } = this.#current;
    this.#current = Object.freeze({
      ...this.#current,
      http: Object.freeze({ ...http, apiToken: next.http.apiToken }),
      instances: Object.freeze({ ...instances, defaultInterval: next.instances.defaultInterval }),
      metrics: next.metrics,
      log: Object.freeze({ ...log, level: next.log.level }),
    });
  }
}
