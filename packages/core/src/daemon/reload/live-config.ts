import type { Config } from "../../config/config.ts";

/** The configuration in force. A reload puts the reloadable settings of a new one in place; the others wait for a start. */
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
