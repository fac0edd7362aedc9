import type { HostOptions } from "../collectors/registry.ts";
import type { LogLevel } from "../model/logger.ts";

/** The complete configuration: every value known, checked and frozen. `settings.ts` defines how users set them. */
export interface Config {
  readonly http: {
    readonly host: string;
    /** 0 lets the kernel choose (tests). */
    readonly port: number;
    /** Bearer token, required by all routes but the open ones; null means no authentication (loopback only). */
    readonly apiToken: string | null;
    /** Allows a non-loopback address without a token. */
    readonly insecureNoAuth: boolean;
  };
  /** Absolute. */
  readonly stateDir: string;
  readonly storage: {
    readonly kind: "postgres" | "memory";
    /** Null: a private PostgreSQL in stateDir. */
    readonly databaseUrl: string | null;
    readonly poolSize: number;
    readonly retentionRawMs: number;
    readonly retentionEventsMs: number;
    /** Maximum number of rows buffered while the database is unavailable; beyond it the oldest are dropped and counted. */
    readonly queueRowsMax: number;
    /** Maximum number of rows in the memory storage. */
    readonly memoryRowsMax: number;
  };
  readonly instances: {
    /** Seconds; for instances without an interval, and for this host. */
    readonly defaultInterval: number;
    /** Absolute path of the file of instances; null: none. */
    readonly file: string | null;
    /** Absolute path of the file of scrape configurations in which instances are discovered; null: none. */
    readonly discoveryFile: string | null;
    /** How long an instance stays that its source no longer has. */
    readonly removalGraceMs: number;
    /** Percent of a source's instances that one change may remove without being accepted. */
    readonly removalLimitPercent: number;
    /** Name of this daemon's own host; default the kernel's host name. */
    readonly hostName: string;
  };
  readonly shards: {
    readonly threads: number;
    /** JS heap limit of one thread. */
    readonly heapMaxMiB: number;
    /** Deadline of one collection, at most the instance's interval. */
    readonly collectTimeoutMs: number;
  };
  readonly host: HostOptions;
  readonly targets: {
    /** Whether scraped and probed instances may be on this machine. */
    readonly allowLoopback: boolean;
    /** Absolute path of the file of profiles and modules; null: none. */
    readonly file: string | null;
  };
  readonly metrics: {
    /** Age at which this host's values are read again for a scrape. */
    readonly cacheTtlMs: number;
    /** Per-instance series on /metrics only while there are at most this many instances. */
    readonly instancesMax: number;
    /** Of every series, as `labelsOf` reads them. */
    readonly labels: readonly string[];
    /** Addresses that serve only the metrics, as `listenAddressOf` reads them. */
    readonly listenAddresses: readonly string[];
    /** Path of the metrics there. */
    readonly telemetryPath: string;
  };
  readonly log: {
    readonly level: LogLevel;
    /** `auto`: text on a terminal, else JSON. */
    readonly format: "auto" | "json" | "text";
  };
  readonly process: {
    readonly daemonize: boolean;
    /** Absolute; default `<stateDir>/cloud-monitor.pid`. */
    readonly pidFile: string;
    /** Where a daemonized process logs; default `<stateDir>/cloud-monitor.log`. */
    readonly logFile: string;
  };
}
