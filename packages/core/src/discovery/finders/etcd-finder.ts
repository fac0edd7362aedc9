import type { EtcdFinderConfig, TargetGroup } from "../../model/discovery-jobs.ts";
import type { TargetProfile } from "../../model/target-definitions.ts";
import { linesOf } from "./lines-of.ts";
import type { SourceClient } from "./source-client.ts";
import { groupOf } from "./target-groups.ts";
import { FINDER_LIMITS } from "./target-finder.ts";
import type { WatchingOptions } from "./watching.ts";

export interface EtcdOptions extends Pick<EtcdFinderConfig, "url" | "prefix"> {
  readonly profile: () => TargetProfile | null;
  readonly client: Pick<SourceClient, "json" | "open">;
}

/** The JSON of etcd's gateway (api_grpc_gateway.md): bytes are base64, 64-bit numbers are texts, and what is empty is left out. */
interface RangeResponse {
  readonly header: { readonly revision: string };
  readonly kvs?: readonly KeyValue[];
  readonly more?: boolean;
}

interface KeyValue {
  readonly key: string;
  readonly value?: string;
}

interface WatchResponse {
  readonly result?: {
    readonly canceled?: boolean;
    readonly compact_revision?: string;
    readonly events?: readonly { readonly type?: "PUT" | "DELETE"; readonly kv: KeyValue }[];
  };
  readonly error?: { readonly message?: string };
}

/**
 * Targets under a prefix of etcd v3: each key has an address (`10.0.0.5:9100`) or a group as in the files of Prometheus
 * (`{"targets": [...], "labels": {...}}`). Reads all of them, then follows their changes from that revision on.
 */
export function etcdWatch({ client, prefix, profile, url }: EtcdOptions): WatchingOptions["watch"] {
  const from = Buffer.from(prefix);
  const range = { key: from.toString("base64"), range_end: endOf(from).toString("base64") };
  return async (found, signal) => {
    const request = (body: unknown) => ({ profile: profile(), signal, body });
    const limit = FINDER_LIMITS.targetsMax;
    const { value } = await client.json(new URL("/v3/kv/range", url), request({ ...range, limit: String(limit) }));
    const { header, kvs = [], more } = value as RangeResponse;
    if (more === true) throw new Error(`more than ${limit} keys`);
    const groups = new Map<string, TargetGroup>();
    for (const kv of kvs) take(groups, kv);
    found([...groups.values()]);
    const create = { create_request: { ...range, start_revision: String(BigInt(header.revision) + 1n) } };
    const { pieces } = await client.open(new URL("/v3/watch", url), request(create));
    for await (const line of linesOf(pieces)) {
      const { error, result } = JSON.parse(line) as WatchResponse;
      if (error !== undefined || result?.canceled === true)
        throw new Error(`the watch was cancelled: ${error?.message ?? "its revision is compacted"}`);
      if (result?.events === undefined) continue;
      for (const { kv, type } of result.events) {
        if (type === "DELETE") groups.delete(kv.key);
        else take(groups, kv);
      }
      found([...groups.values()]);
    }
  };
}

function take(groups: Map<string, TargetGroup>, { key, value = "" }: KeyValue): void {
  const name = Buffer.from(key, "base64").toString("utf8");
  try {
    const text = Buffer.from(value, "base64").toString("utf8").trim();
    const { labels, targets } = text.startsWith("{") ? groupOf(JSON.parse(text), 0) : { targets: [text], labels: {} };
    if (targets.includes("")) throw new Error("it is empty");
    groups.set(key, { targets, labels: { ...labels, __meta_etcd_key: name } });
  } catch (error) {
    throw new Error(`the key ${name}: ${Error.isError(error) ? error.message : String(error)}`, { cause: error });
  }
}

/** The first key after all that begin with the prefix; without one, etcd takes a zero byte for the end of all keys. */
function endOf(prefix: Buffer): Buffer {
  const end = Buffer.from(prefix);
  for (let at = end.length - 1; at >= 0; at--) {
    if (end[at] === 0xff) continue;
    end[at]!++;
    return end.subarray(0, at + 1);
  }
  return Buffer.from([0]);
}
