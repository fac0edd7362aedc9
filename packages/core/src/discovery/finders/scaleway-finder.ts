import type { Instancev1 } from "@scaleway/sdk-instance";
import type { Ipamv1 } from "@scaleway/sdk-ipam";
import type { CredentialFiles } from "../../collectors/targets/credentials.ts";
import { orAborted } from "../../collectors/targets/or-aborted.ts";
import type { ScalewayFinderConfig, TargetGroup } from "../../model/discovery-jobs.ts";
import type { TargetProfile } from "../../model/target-definitions.ts";
import { mayUse } from "../../platform/host-list.ts";

export interface ScalewayOptions extends Omit<ScalewayFinderConfig, "type" | "profile" | "refreshMs"> {
  /** Its bearer token is the secret key. */
  readonly profile: () => TargetProfile | null;
  readonly credentials: Pick<CredentialFiles, "of">;
}

const PAGE = 100;
const META = "__meta_scaleway_instance_";
type Server = Instancev1.Server;
type Region = NonNullable<Ipamv1.ListIPsRequest["region"]>;

/**
 * Instances of Scaleway, of one zone or all, with the labels that `scaleway_sd` of Prometheus gives them. An instance has its
 * private address, from IPAM where it has a private network; else the public IPv4, else IPv6.
 */
export function scalewayFind(options: ScalewayOptions) {
  const { nameFilter, port, projectId, tagSeparator, tags, zone } = options;
  return async (signal: AbortSignal): Promise<readonly TargetGroup[]> => {
    // On first use: a daemon elsewhere does not need them.
    const [{ Instancev1: instances }, { Ipamv1: ipam }] = await Promise.all([
      import("@scaleway/sdk-instance"),
      import("@scaleway/sdk-ipam"),
    ]);
    const client = await clientOf(options);
    const api = new instances.API(client);
    const { LOCALITY } = instances.API;
    const every = LOCALITY.type === "zone" ? LOCALITY.zones : [];
    const zones = zone === null ? every : [zone];
    const query = {
      ...(projectId !== null && { project: projectId }),
      ...(nameFilter !== null && { name: nameFilter }),
      ...(tags.length > 0 && { tags: [...tags] }),
    };
    const all = await orAborted(
      Promise.all(zones.map((each) => api.listServers({ ...query, zone: each, perPage: PAGE }).all())),
      signal,
    );
    const servers = all.flat();
    const regions = new Set(servers.filter(({ privateNics }) => privateNics.length > 0).map(regionOf));
    const addresses = new Map<string, string>();
    for (const region of regions) {
      const request = { region, resourceTypes: ["instance_private_nic" as const], isIpv6: false, pageSize: PAGE };
      for (const { address, resource } of await orAborted(new ipam.API(client).listIPs(request).all(), signal)) {
        if (resource !== undefined) addresses.set(resource.id, address.replace(/\/\d+$/, ""));
      }
    }
    return servers.flatMap((server) => {
      const group = groupOf(server, { port, tagSeparator, nicAddress: nicAddress(server, addresses) });
      return group === null ? [] : [group];
    });
  };
}

async function clientOf({ accessKey, apiUrl, credentials, profile }: ScalewayOptions) {
  const { createClient } = await import("@scaleway/sdk-client");
  const given = profile();
  if (given === null || !mayUse(given, new URL(apiUrl).hostname))
    throw new Error(`${new URL(apiUrl).host} is none of the hosts of the profile`);
  const secretKey = credentials.of(given).authorization?.replace(/^Bearer /, "") ?? "";
  try {
    return createClient({ accessKey, secretKey, apiURL: apiUrl, defaultPageSize: PAGE });
  } catch {
    // The message of the library repeats the key.
    throw new Error("the access key or the secret key does not have the form of one");
  }
}

function nicAddress({ privateNics }: Server, addresses: ReadonlyMap<string, string>): string | undefined {
  return privateNics.map(({ id }) => addresses.get(id)).find((address) => address !== undefined);
}

interface Context {
  readonly port: number;
  readonly tagSeparator: string;
  readonly nicAddress: string | undefined;
}

/** Null for an instance without an address, as one that was never started. */
function groupOf(server: Server, { nicAddress: ofNic, port, tagSeparator }: Context): TargetGroup | null {
  const publicOf = (family: "inet" | "inet6") =>
    server.publicIps.filter((ip) => ip.family === family).map((ip) => ip.address);
  const [four, six] = [publicOf("inet"), publicOf("inet6")];
  const privateIp = ofNic ?? server.privateIp ?? undefined;
  const publicIpv4 = server.publicIp?.address ?? four[0];
  const publicIpv6 = server.ipv6?.address ?? six[0];
  const address = privateIp ?? publicIpv4 ?? publicIpv6;
  if (address === undefined) return null;
  const list = (values: readonly string[]) =>
    values.length === 0 ? undefined : `${tagSeparator}${values.join(tagSeparator)}${tagSeparator}`;
  const labels: Readonly<Record<string, string | undefined>> = {
    boot_type: server.bootType,
    hostname: server.hostname,
    id: server.id,
    image_arch: server.image?.arch,
    image_id: server.image?.id,
    image_name: server.image?.name,
    location_cluster_id: server.location?.clusterId,
    location_hypervisor_id: server.location?.hypervisorId,
    location_node_id: server.location?.nodeId,
    name: server.name,
    organization_id: server.organization,
    private_ipv4: privateIp,
    project_id: server.project,
    public_ipv4: publicIpv4,
    public_ipv4_addresses: list(four),
    public_ipv6: publicIpv6,
    public_ipv6_addresses: list(six),
    region: regionOf(server),
    security_group_id: server.securityGroup?.id,
    security_group_name: server.securityGroup?.name,
    status: server.state,
    tags: list(server.tags),
    type: server.commercialType,
    zone: server.zone,
  };
  const known = Object.entries(labels).filter((entry): entry is [string, string] => (entry[1] ?? "") !== "");
  return {
    targets: [`${address.includes(":") ? `[${address}]` : address}:${port}`],
    labels: Object.fromEntries(known.map(([name, text]) => [`${META}${name}`, text])),
  };
}

/** `fr-par-1` is in `fr-par`. */
function regionOf({ zone }: Pick<Server, "zone">): Region {
  return zone.replace(/-\d+$/, "");
}
