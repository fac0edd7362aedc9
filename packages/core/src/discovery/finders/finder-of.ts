import type { Fetcher } from "../../collectors/scrape/fetcher.ts";
import type { CredentialFiles } from "../../collectors/targets/credentials.ts";
import type { Clock } from "../../model/clock.ts";
import type { FinderConfig } from "../../model/discovery-jobs.ts";
import type { TargetDefinitions } from "../../model/target-definitions.ts";
import { consulWatch } from "./consul-finder.ts";
import { dnsFind } from "./dns-finder.ts";
import { etcdWatch } from "./etcd-finder.ts";
import { fileFind } from "./file-finder.ts";
import { httpFind } from "./http-finder.ts";
import { PollingFinder } from "./polling.ts";
import { kubernetesWatch } from "./kubernetes-finder.ts";
import { scalewayFind } from "./scaleway-finder.ts";
import type { SourceClient } from "./source-client.ts";
import { StaticFinder } from "./static-finder.ts";
import type { TargetFinder } from "./target-finder.ts";
import { WatchingFinder } from "./watching.ts";

export interface FinderContext {
  readonly clock: Clock;
  readonly random: () => number;
  readonly yieldToLoop: () => Promise<void>;
  readonly definitions: () => TargetDefinitions;
  /** Connect to sources, which the operator names: they may be on this machine. */
  readonly fetcher: Pick<Fetcher, "get">;
  readonly client: SourceClient;
  readonly credentials: CredentialFiles;
}

/** The finder that a configuration describes. */
export function finderOf(config: FinderConfig, context: FinderContext): TargetFinder {
  const { client, clock, credentials, definitions, fetcher, random, yieldToLoop } = context;
  const profileNamed = (name: string | null) => (name === null ? null : (definitions().profiles[name] ?? null));
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
      const find = httpFind({ url, profile: () => profileNamed(profile), fetcher, yieldToLoop });
      return new PollingFinder({ location: url, refreshMs, find, clock, random });
    }
    case "dns": {
      const { names, refreshMs } = config;
      return new PollingFinder({ location: names.join(", "), refreshMs, find: dnsFind(config), clock, random });
    }
    case "consul": {
      const { profile, url } = config;
      const watch = consulWatch({ ...config, profile: () => profileNamed(profile), client, clock });
      return new WatchingFinder({ location: `Consul at ${url}`, watch, clock, random });
    }
    case "etcd": {
      const { prefix, profile, url } = config;
      const watch = etcdWatch({ prefix, url, profile: () => profileNamed(profile), client });
      return new WatchingFinder({ location: `etcd at ${url}, ${prefix}`, watch, clock, random });
    }
    case "kubernetes": {
      const { profile, role, url } = config;
      const watch = kubernetesWatch({ ...config, profile: () => profileNamed(profile), client });
      return new WatchingFinder({ location: `Kubernetes at ${url}, ${role}`, watch, clock, random });
    }
    case "scaleway": {
      const { apiUrl, profile, refreshMs, zone } = config;
      const find = scalewayFind({ ...config, profile: () => profileNamed(profile), credentials });
      const location = `Scaleway at ${apiUrl}, ${zone ?? "all zones"}`;
      return new PollingFinder({ location, refreshMs, find, clock, random });
    }
    default: {
      const unreachable: never = config;
      throw new Error(`no such finder: ${String(unreachable)}`);
    }
  }
}
