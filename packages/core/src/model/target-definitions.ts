/** Names of profiles and modules. */
export const DEFINITION_NAME = /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,63}$/;

/** Of an instance that is probed and names no module. */
export const DEFAULT_MODULE = "http_2xx";

/** What the operator defines for targets; users of the API only name it. */
export interface TargetDefinitions {
  readonly profiles: Readonly<Record<string, TargetProfile>>;
  readonly modules: Readonly<Record<string, ProbeModule>>;
}

/** How targets are connected to. Paths are absolute; the files are read when they are needed, and again when they change. */
export interface TargetProfile {
  /** Where its credentials may go: host names, `*.example.com`, addresses, and networks such as 10.0.0.0/8. */
  readonly hosts: readonly string[];
  readonly bearerTokenFile?: string;
  readonly basicAuth?: { readonly username: string; readonly passwordFile: string };
  readonly tlsConfig?: TlsConfig;
  /** Default false. At most three redirects; to another origin without credentials. */
  readonly followRedirects?: boolean;
  /** Regular expressions, anchored: the names of the series that are kept. Default all. */
  readonly keep?: readonly string[];
}

export interface TlsConfig {
  readonly caFile?: string;
  readonly certFile?: string;
  readonly keyFile?: string;
  /** Of the certificate, and for SNI; default the host of the target. */
  readonly serverName?: string;
  readonly insecureSkipVerify?: boolean;
}

/** How targets are probed: a module of blackbox_exporter, as far as it is supported. */
export interface ProbeModule {
  readonly prober: Prober;
  /** Default, and at most: the deadline of a collection. */
  readonly timeoutMs?: number;
  readonly http?: HttpModule;
  readonly tcp?: TcpModule;
  readonly dns?: DnsModule;
}

export const PROBERS = ["http", "tcp", "dns", "icmp"] as const;
export type Prober = (typeof PROBERS)[number];

export interface HttpModule {
  /** Default: 200 to 299. */
  readonly validStatusCodes?: readonly number[];
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Default true, as in blackbox_exporter. */
  readonly followRedirects?: boolean;
  readonly failIfSsl?: boolean;
  readonly failIfNotSsl?: boolean;
  readonly failIfBodyMatchesRegexp?: readonly string[];
  readonly failIfBodyNotMatchesRegexp?: readonly string[];
}

export interface TcpModule {
  readonly tls?: boolean;
}

export const DNS_TYPES = ["A", "AAAA", "CAA", "CNAME", "MX", "NAPTR", "NS", "PTR", "SOA", "SRV", "TXT"] as const;
export type DnsType = (typeof DNS_TYPES)[number];

export const DNS_RCODES = ["NOERROR", "FORMERR", "SERVFAIL", "NXDOMAIN", "NOTIMP", "REFUSED"] as const;
export type DnsRcode = (typeof DNS_RCODES)[number];

export interface DnsModule {
  readonly queryName: string;
  /** Default A. */
  readonly queryType?: DnsType;
  /** Default NOERROR. */
  readonly validRcodes?: readonly DnsRcode[];
  /** Each answer as text: an address, a name, or the fields of its record separated by spaces. */
  readonly validateAnswerRrs?: {
    readonly failIfMatchesRegexp?: readonly string[];
    readonly failIfNotMatchesRegexp?: readonly string[];
  };
}

/** Modules that need no configuration; one of the same name replaces it. */
export const BUILT_IN_MODULES: Readonly<Record<string, ProbeModule>> = {
  http_2xx: { prober: "http" },
  tcp_connect: { prober: "tcp" },
  tls_connect: { prober: "tcp", tcp: { tls: true } },
  icmp: { prober: "icmp" },
};

export const NO_DEFINITIONS: TargetDefinitions = { profiles: {}, modules: BUILT_IN_MODULES };

/** The definitions that one instance names. */
export interface InstanceDefinitions {
  readonly profile: TargetProfile | null;
  readonly module: ProbeModule | null;
  /** The first name that is not defined, such as `the profile "shop"`; null: both are. */
  readonly undefinedName: string | null;
}

/** What the names of an instance stand for. */
export function definitionsOf(
  { profile, module }: { readonly profile: string | null; readonly module: string | null },
  { profiles, modules }: TargetDefinitions,
): InstanceDefinitions {
  const found = { profile: own(profiles, profile), module: own(modules, module) };
  const undefinedProfile = profile !== null && found.profile === null ? `the profile "${profile}"` : null;
  const undefinedModule = module !== null && found.module === null ? `the module "${module}"` : null;
  return { ...found, undefinedName: undefinedProfile ?? undefinedModule };
}

/** Not what every object inherits, such as `constructor`. */
function own<Value>(record: Readonly<Record<string, Value>>, name: string | null): Value | null {
  return name !== null && Object.hasOwn(record, name) ? record[name]! : null;
}
