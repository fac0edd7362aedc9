import type { HostOptions } from "../collectors/registry.ts";
import type { LogLevel } from "../model/logger.ts";

/** The complete configuration: every value known, checked and frozen. How a user sets each is in `settings.ts`. */
export interface Config {
  readonly http: {
    readonly host: string;
    /** 0 lets the kernel choose (tests). */
    readonly port: number;
    /** Bearer token that everything but the open routes needs; null leaves the daemon open (loopback only). */
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
    /** Rows that may wait while the database is away; the oldest beyond that are dropped and counted. */
    readonly queueRowsMax: number;
    /** Rows that the memory storage keeps. */
    readonly memoryRowsMax: number;
  };
  readonly instances: {
    /** Seconds; for instances that name none, and for this host. */
    readonly defaultInterval: number;
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
  readonly metrics: {
    /** How old the host's page may be before a scrape reads /proc again. */
    readonly cacheTtlMs: number;
    /** Per-instance series on /metrics only while there are at most this many instances. */
    readonly instancesMax: number;
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
