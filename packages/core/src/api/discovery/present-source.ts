import type { DiscoverySource } from "@cloud-monitor/client";
import type { DiscoverySync } from "../../discovery/discovery-sync.ts";

/** A source as returned by the API. */
export function presentSource(sync: DiscoverySync): DiscoverySource {
  const { source, held, instances, lastFoundMs, problems, skipped, vanished } = sync;
  return {
    name: source.name,
    location: source.location,
    instances,
    lastSuccess: lastFoundMs === null ? null : new Date(lastFoundMs).toISOString(),
    problems: problems.map(({ where, message }) => `${where}: ${message}`),
    skipped: [...skipped],
    vanished,
    held: held && {
      added: held.added,
      changed: held.changed,
      removed: held.removed,
      since: new Date(held.sinceMs).toISOString(),
    },
  };
}
