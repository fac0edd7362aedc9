import { resolve } from "node:path";
import type { FinderConfig } from "../../model/discovery-jobs.ts";
import type { ScrapeConfig } from "./discovery-schema.ts";

/** Of Prometheus, milliseconds. */
const REFRESH_MS = { file: 300_000, http: 60_000, dns: 30_000, consul: 30_000, scaleway: 60_000 };
/** Files are cheap to compare: their changes are seen as soon as those of INSTANCES_FILE. */
const FILE_LOOK_MS = 2_000;

/** Where the targets of a job are found; relative paths are relative to `folder`. */
export function findersOf(config: ScrapeConfig, folder: string): readonly FinderConfig[] {
  const groups = (config.static_configs ?? []).map(({ labels = {}, targets }) => ({ targets, labels }));
  return [
    ...(groups.length > 0 ? [{ type: "static" as const, groups }] : []),
    ...(config.file_sd_configs ?? []).map((given) => fileFinder(given, folder)),
    ...(config.http_sd_configs ?? []).map(httpFinder),
    ...(config.consul_sd_configs ?? []).map(consulFinder),
    ...(config.kubernetes_sd_configs ?? []).map(kubernetesFinder),
    ...(config.scaleway_sd_configs ?? []).map(scalewayFinder),
    ...(config.etcd_sd_configs ?? []).map(etcdFinder),
    ...(config.dns_sd_configs ?? []).map(dnsFinder),
  ];
}

type Given<Key extends keyof ScrapeConfig> = ScrapeConfig[Key] extends readonly (infer Each)[] | undefined
  ? Each
  : never;

function fileFinder({ files, refresh_interval }: Given<"file_sd_configs">, folder: string): FinderConfig {
  return {
    type: "file",
    files: files.map((file) => resolve(folder, file)),
    refreshMs: Math.min(FILE_LOOK_MS, refresh(refresh_interval, REFRESH_MS.file)),
  };
}

function httpFinder({ profile, refresh_interval, url }: Given<"http_sd_configs">): FinderConfig {
  return {
    type: "http",
    url,
    profile: profile ?? null,
    refreshMs: refresh(refresh_interval, REFRESH_MS.http),
  };
}

function consulFinder(given: Given<"consul_sd_configs">): FinderConfig {
  return {
    type: "consul",
    url: `${given.scheme ?? "http"}://${given.server ?? "localhost:8500"}`,
    profile: given.profile ?? null,
    services: given.services ?? [],
    tags: given.tags ?? [],
    datacenter: given.datacenter ?? null,
    refreshMs: refresh(given.refresh_interval, REFRESH_MS.consul),
  };
}

function kubernetesFinder(given: Given<"kubernetes_sd_configs">): FinderConfig {
  return {
    type: "kubernetes",
    url: given.api_server ?? "https://kubernetes.default.svc",
    profile: given.profile ?? null,
    role: given.role,
    namespaces: given.namespaces?.names ?? [],
    labelSelector: given.selectors?.[0]?.label ?? null,
    fieldSelector: given.selectors?.[0]?.field ?? null,
  };
}

function scalewayFinder(given: Given<"scaleway_sd_configs">): FinderConfig {
  return {
    type: "scaleway",
    apiUrl: given.api_url ?? "https://api.scaleway.com",
    profile: given.profile,
    accessKey: given.access_key,
    projectId: given.project_id ?? null,
    zone: given.zone ?? null,
    nameFilter: given.name_filter ?? null,
    tags: given.tags_filter ?? [],
    tagSeparator: given.tag_separator ?? ",",
    port: given.port ?? 80,
    refreshMs: refresh(given.refresh_interval, REFRESH_MS.scaleway),
  };
}

function etcdFinder({ prefix, profile, url }: Given<"etcd_sd_configs">): FinderConfig {
  return {
    type: "etcd",
    url,
    profile: profile ?? null,
    prefix,
  };
}

function dnsFinder({ names, port, refresh_interval, type = "SRV" }: Given<"dns_sd_configs">): FinderConfig {
  return {
    type: "dns",
    names,
    recordType: type,
    port: port ?? null,
    refreshMs: refresh(refresh_interval, REFRESH_MS.dns),
  };
}

function refresh(given: string | undefined, defaultMs: number): number {
  return given === undefined ? defaultMs : Math.max(1_000, millisecondsOf(given));
}

const UNIT_MS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
  y: 31_536_000_000,
};

/** Its form was checked by the schema. */
export function millisecondsOf(duration: string): number {
  const parts = [...duration.matchAll(/(\d+)(ms|[smhdwy])/g)];
  return parts.reduce((sum, [, count, unit]) => sum + Number(count) * UNIT_MS[unit!]!, 0);
}
