import type { Fetcher } from "../../collectors/scrape/fetcher.ts";
import type { Clock } from "../../model/clock.ts";
import type { FinderConfig } from "../../model/discovery-jobs.ts";
import type { TargetDefinitions } from "../../model/target-definitions.ts";
import { dnsFind } from "./dns-finder.ts";
import { fileFind } from "./file-finder.ts";
import { httpFind } from "./http-finder.ts";
import { PollingFinder } from "./polling.ts";
import { StaticFinder } from "./static-finder.ts";
import type { TargetFinder } from "./target-finder.ts";

export interface FinderContext {
  readonly clock: Clock;
  readonly random: () => number;
  readonly yieldToLoop: () => Promise<void>;
  readonly definitions: () => TargetDefinitions;
  /** Connects to sources, which the operator names: they may be on this machine. */
  readonly fetcher: Pick<Fetcher, "get">;
}

/** The finder that a configuration describes. */
export function finderOf(config: FinderConfig, context: FinderContext): TargetFinder {
  const { clock, definitions, fetcher, random, yieldToLoop } = context;
  switch (config.type) {
    case "static":
      return new StaticFinder(config.groups);
    case "file": {
      const { files, refreshMs } = config;
      const find = fileFind(files, yieldToLoop);
      return new PollingFinder({ location: files.join(", "), refreshMs, find, clock, random });
    }
    case "http": {
      const { profile, refreshMs, url } = config;
      const profileOf = () => (profile === null ? null : (definitions().profiles[profile] ?? null));
      const find = httpFind({ url, profile: profileOf, fetcher, yieldToLoop });
      return new PollingFinder({ location: url, refreshMs, find, clock, random });
    }
    case "dns": {
      const { names, refreshMs } = config;
      return new PollingFinder({ location: names.join(", "), refreshMs, find: dnsFind(config), clock, random });
    }
    default: {
      const unreachable: never = config;
      throw new Error(`no such finder: ${String(unreachable)}`);
    }
  }
}
