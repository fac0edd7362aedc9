/** A source of instances, as a scrape configuration of Prometheus describes it. */
export interface DiscoveryJob {
  /** Names the source, and begins the names of its instances. */
  readonly name: string;
  readonly kind: "scrape" | "probe";
  /** Names of a module and of a profile, or null. */
  readonly module: string | null;
  readonly profile: string | null;
  /** Seconds; null: the default of instances. */
  readonly intervalSeconds: number | null;
  readonly scheme: string;
  readonly metricsPath: string;
  readonly params: Readonly<Record<string, readonly string[]>>;
  readonly relabelConfigs: readonly RelabelConfig[];
  readonly finders: readonly FinderConfig[];
}

/** Where targets are found. Times are in milliseconds. */
export type FinderConfig =
  | { readonly type: "static"; readonly groups: readonly TargetGroup[] }
  | { readonly type: "file"; readonly files: readonly string[]; readonly refreshMs: number }
  | { readonly type: "http"; readonly url: string; readonly profile: string | null; readonly refreshMs: number }
  | DnsFinderConfig
  | ConsulFinderConfig
  | EtcdFinderConfig
  | KubernetesFinderConfig
  | ScalewayFinderConfig;

export const SERVICE_DNS_TYPES = ["SRV", "A", "AAAA"] as const;

export interface DnsFinderConfig {
  readonly type: "dns";
  readonly names: readonly string[];
  readonly recordType: (typeof SERVICE_DNS_TYPES)[number];
  /** Of A and AAAA. */
  readonly port: number | null;
  readonly refreshMs: number;
}

/** Services that a Consul agent knows. */
export interface ConsulFinderConfig {
  readonly type: "consul";
  /** URL of the agent, without a path. */
  readonly url: string;
  readonly profile: string | null;
  /** Empty: all. */
  readonly services: readonly string[];
  /** An instance of a service has all of them. */
  readonly tags: readonly string[];
  readonly datacenter: string | null;
  readonly refreshMs: number;
}

/** Keys of etcd v3 whose values are targets. */
export interface EtcdFinderConfig {
  readonly type: "etcd";
  /** URL of a member, without a path. */
  readonly url: string;
  readonly profile: string | null;
  readonly prefix: string;
}

export const KUBERNETES_ROLES = ["node", "pod", "endpointslice"] as const;

/** Objects of a Kubernetes cluster. */
export interface KubernetesFinderConfig {
  readonly type: "kubernetes";
  /** URL of the API server. */
  readonly url: string;
  readonly profile: string | null;
  readonly role: (typeof KUBERNETES_ROLES)[number];
  /** Empty: all. */
  readonly namespaces: readonly string[];
  readonly labelSelector: string | null;
  readonly fieldSelector: string | null;
}

/** Instances of Scaleway. */
export interface ScalewayFinderConfig {
  readonly type: "scaleway";
  readonly apiUrl: string;
  /** Its bearer token is the secret key. */
  readonly profile: string;
  readonly accessKey: string;
  /** Null: all projects that the key may see; all zones. */
  readonly projectId: string | null;
  readonly zone: string | null;
  /** Null: all. An instance has all of the tags. */
  readonly nameFilter: string | null;
  readonly tags: readonly string[];
  readonly tagSeparator: string;
  readonly port: number;
  readonly refreshMs: number;
}

/** Targets with labels in common, as in the files of Prometheus. */
export interface TargetGroup {
  /** Addresses: `host:port`. */
  readonly targets: readonly string[];
  readonly labels: Readonly<Record<string, string>>;
}

/** `relabel_configs` of Prometheus: every field has its value, or that of its default. */
export interface RelabelConfig {
  readonly action: RelabelAction;
  readonly sourceLabels: readonly string[];
  readonly separator: string;
  /** In RE2 syntax, anchored. */
  readonly regex: string;
  readonly modulus: number;
  readonly targetLabel: string;
  readonly replacement: string;
}

export const RELABEL_ACTIONS = [
  "replace",
  "keep",
  "drop",
  "keepequal",
  "dropequal",
  "hashmod",
  "labelmap",
  "labeldrop",
  "labelkeep",
  "lowercase",
  "uppercase",
] as const;
export type RelabelAction = (typeof RELABEL_ACTIONS)[number];

export const RELABEL_DEFAULTS = {
  action: "replace",
  sourceLabels: [],
  separator: ";",
  regex: "(.*)",
  modulus: 0,
  targetLabel: "",
  replacement: "$1",
} as const satisfies RelabelConfig;
