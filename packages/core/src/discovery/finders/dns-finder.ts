import { Resolver } from "node:dns/promises";
import { codeOf } from "../../model/errors.ts";
import type { DnsFinderConfig, TargetGroup } from "../../model/discovery-jobs.ts";

const TRIES = { timeout: 5_000, tries: 2 };
/** The name is known and has nothing of the type, or does not exist: both are answers. */
const EMPTY = new Set(["ENODATA", "ENOTFOUND"]);

/** The addresses of names, or where a service is (RFC 2782), as `dns_sd` of Prometheus finds them. */
export function dnsFind(
  { names, port, recordType }: Omit<DnsFinderConfig, "type" | "refreshMs">,
  resolver = new Resolver(TRIES),
) {
  return async (): Promise<readonly TargetGroup[]> => {
    const groups: TargetGroup[] = [];
    for (const name of names) groups.push(...(await groupsOf(resolver, { name, port, recordType })));
    return groups;
  };
}

interface Question extends Pick<DnsFinderConfig, "port" | "recordType"> {
  readonly name: string;
}

async function groupsOf(resolver: Resolver, { name, port, recordType }: Question): Promise<TargetGroup[]> {
  try {
    if (recordType === "SRV") {
      const records = await resolver.resolveSrv(name);
      return records.map((record) => groupOf(name, hostPort(record.name, record.port), record));
    }
    const addresses = recordType === "A" ? await resolver.resolve4(name) : await resolver.resolve6(name);
    return addresses.map((address) => groupOf(name, hostPort(address, port ?? 0), null));
  } catch (error) {
    if (EMPTY.has(codeOf(error) ?? "")) return [];
    throw new Error(`${name}: ${codeOf(error) ?? String(error)}`, { cause: error });
  }
}

function groupOf(name: string, target: string, srv: { readonly name: string; readonly port: number } | null) {
  return {
    targets: [target],
    labels: {
      __meta_dns_name: name,
      // A name that is rooted, as DNS has it.
      ...(srv && { __meta_dns_srv_record_target: `${srv.name}.`, __meta_dns_srv_record_port: String(srv.port) }),
    },
  };
}

function hostPort(host: string, port: number): string {
  return host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;
}
