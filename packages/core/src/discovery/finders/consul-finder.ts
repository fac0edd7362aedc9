import type { ConsulFinderConfig, TargetGroup } from "../../model/discovery-jobs.ts";
import type { Clock } from "../../model/clock.ts";
import { sleep } from "../../model/clock.ts";
import type { TargetProfile } from "../../model/target-definitions.ts";
import type { SourceClient } from "./source-client.ts";
import type { WatchingOptions } from "./watching.ts";

export interface ConsulOptions extends Omit<ConsulFinderConfig, "type" | "profile"> {
  readonly profile: () => TargetProfile | null;
  readonly client: Pick<SourceClient, "json">;
  readonly clock: Clock;
}

/** Between two rounds: a catalogue that changes all the time is not asked all the time. */
const PAUSE_MS = 1_000;
/** Services that are asked for at once. */
const AT_ONCE = 8;

/** An element of `/v1/health/service/<name>` (Consul, HTTP API, "List Service Instances for Service"). */
interface ServiceEntry {
  readonly Node: {
    readonly Node: string;
    readonly Address: string;
    readonly Datacenter?: string;
    readonly Partition?: string;
    readonly Meta?: Readonly<Record<string, string>> | null;
    readonly TaggedAddresses?: Readonly<Record<string, string>> | null;
  };
  readonly Service: {
    readonly ID: string;
    readonly Service: string;
    readonly Namespace?: string;
    readonly Address?: string;
    readonly Port: number;
    readonly Tags?: readonly string[] | null;
    readonly Meta?: Readonly<Record<string, string>> | null;
  };
  readonly Checks?: readonly { readonly CheckID?: string; readonly Status: string }[] | null;
}

/**
 * The instances of services, with the labels that `consul_sd` of Prometheus gives them. A blocking query on the catalogue
 * tells at once that something was registered; the state of checks is read again at the interval.
 */
export function consulWatch(options: ConsulOptions): WatchingOptions["watch"] {
  const { client, clock, datacenter, profile, refreshMs, services, tags, url } = options;
  const where = datacenter === null ? "" : `&dc=${encodeURIComponent(datacenter)}`;
  return async (found, signal) => {
    const known = new Map<string, TargetGroup>();
    const get = (path: string) => client.json(new URL(path, url), { profile: profile(), signal });
    const wait = `&wait=${Math.max(1, Math.round(refreshMs / 1_000))}s`;
    for (let index = 0; !signal.aborted;) {
      const { headers, value } = await get(
        `/v1/catalog/services?stale=${index === 0 ? "" : `&index=${index}${wait}`}${where}`,
      );
      const next = Number(headers["x-consul-index"]);
      // An index that goes back begins anew, as the documentation of blocking queries asks.
      index = next >= index ? next : 0;
      const names = Object.entries(value as Record<string, readonly string[]>)
        .filter(
          ([name, all]) => (services.length === 0 || services.includes(name)) && tags.every((tag) => all.includes(tag)),
        )
        .map(([name]) => name);
      const groups: TargetGroup[] = [];
      for (let at = 0; at < names.length; at += AT_ONCE) {
        const slice = names.slice(at, at + AT_ONCE);
        const entries = await Promise.all(
          slice.map((name) => get(`/v1/health/service/${encodeURIComponent(name)}?stale=${where}`)),
        );
        groups.push(
          ...entries.flatMap(({ value: all }) =>
            (all as readonly ServiceEntry[]).flatMap((one) => groupsOf(one, tags)),
          ),
        );
      }
      found(groups.map((group) => sameAs(known, group)));
      await sleep(clock, PAUSE_MS, signal);
    }
  };
}

/** The object of the last round, if it is equal: then nothing is computed again. */
function sameAs(known: Map<string, TargetGroup>, group: TargetGroup): TargetGroup {
  const key = JSON.stringify(group);
  const same = known.get(key) ?? group;
  known.set(key, same);
  return same;
}

function groupsOf({ Checks, Node, Service }: ServiceEntry, wanted: readonly string[]): TargetGroup[] {
  const tags = Service.Tags ?? [];
  if (!wanted.every((tag) => tags.includes(tag))) return [];
  const host = Service.Address || Node.Address;
  const address = `${host.includes(":") ? `[${host}]` : host}:${Service.Port}`;
  const labels: Record<string, string> = {
    __meta_consul_address: Node.Address,
    __meta_consul_node: Node.Node,
    __meta_consul_tags: `,${tags.join(",")},`,
    __meta_consul_service_address: Service.Address ?? "",
    __meta_consul_service_port: String(Service.Port),
    __meta_consul_service_id: Service.ID,
    __meta_consul_service: Service.Service,
    __meta_consul_dc: Node.Datacenter ?? "",
    __meta_consul_partition: Node.Partition ?? "",
    __meta_consul_namespace: Service.Namespace ?? "",
    __meta_consul_health: healthOf(Checks ?? []),
    ...prefixed("__meta_consul_metadata_", Node.Meta),
    ...prefixed("__meta_consul_service_metadata_", Service.Meta),
    ...prefixed("__meta_consul_tagged_address_", Node.TaggedAddresses),
  };
  return [{ targets: [address], labels: Object.fromEntries(Object.entries(labels).filter(([, text]) => text !== "")) }];
}

function prefixed(prefix: string, values: Readonly<Record<string, string>> | null | undefined): Record<string, string> {
  const entries = Object.entries(values ?? {});
  return Object.fromEntries(
    entries.map(([name, text]) => [`${prefix}${name.replaceAll(/[^a-zA-Z0-9_]/g, "_")}`, text]),
  );
}

/** The worst state of the checks; maintenance is a check of its own. */
function healthOf(checks: NonNullable<ServiceEntry["Checks"]>): string {
  if (checks.some(({ CheckID = "" }) => /^(?:_node_maintenance$|_service_maintenance:)/.test(CheckID)))
    return "maintenance";
  return ["critical", "warning"].find((state) => checks.some(({ Status }) => Status === state)) ?? "passing";
}
