import { join } from "node:path";
import { HOST_SETTINGS } from "../collectors/registry.ts";
import { LOG_LEVELS } from "../model/logger.ts";
import type { ConfigPath, Setting } from "./setting.ts";
import { choice } from "../model/setting/values/choice.ts";
import { databaseAddress } from "./database/database-address-type.ts";
import { duration } from "../model/setting/values/duration.ts";
import { filePath } from "../model/setting/values/file-path.ts";
import { flagSwitch } from "../model/setting/values/flag-switch.ts";
import { hostName } from "../model/setting/values/host-name.ts";
import { integer } from "../model/setting/values/integer.ts";
import { labelPairs } from "../model/setting/values/label-pairs.ts";
import { listenAddresses } from "../model/setting/values/listen-addresses.ts";
import { mebibytes } from "../model/setting/values/mebibytes.ts";
import { token } from "../model/setting/values/token.ts";
import { urlPath } from "../model/setting/values/url-path.ts";

/** All settings; those of host collectors are declared with them. `docs/configure.md`, `.env.example` and `--help` are checked against it or generated from it. */
export const SETTINGS: readonly Setting[] = [
  setting({
    at: "http.host",
    shortName: "HTTP_HOST",
    type: hostName,
    fallback: "127.0.0.1",
    help: "Address to listen on; any other than loopback needs a token.",
  }),
  setting({
    at: "http.port",
    shortName: "HTTP_PORT",
    type: integer(0, 65_535, "a port"),
    fallback: "8080",
    help: "Port to listen on; with 0 the kernel chooses one.",
  }),
  setting({
    at: "http.apiToken",
    shortName: "API_TOKEN",
    type: token,
    fallback: { text: "none", value: () => null },
    help: "Bearer token, required by all routes but the open ones.",
    secret: true,
    reloadable: true,
  }),
  setting({
    at: "http.insecureNoAuth",
    flag: "--insecure-no-auth",
    type: flagSwitch,
    fallback: "false",
    help: "Allows a non-loopback address without a token.",
  }),
  setting({
    at: "stateDir",
    shortName: "STATE_DIR",
    type: filePath,
    fallback: "./var",
    help: "Folder of all files that the daemon writes; one daemon per folder.",
  }),
  setting({
    at: "storage.kind",
    shortName: "STORAGE",
    flag: "--storage",
    type: choice(["postgres", "memory"]),
    fallback: "postgres",
    help: "Where samples are stored: in PostgreSQL, or in memory, where a restart loses them.",
  }),
  setting({
    at: "storage.databaseUrl",
    shortName: "DATABASE_URL",
    type: databaseAddress,
    fallback: { text: "none: a private PostgreSQL in the state folder", value: () => null },
    help: "PostgreSQL to use, as postgresql://user:password@host:5432/database.",
    secret: true,
  }),
  setting({
    at: "storage.poolSize",
    type: integer(1, 100),
    fallback: "4",
    help: "Maximum number of connections to PostgreSQL.",
  }),
  setting({
    at: "storage.retentionRawMs",
    type: duration(3_600_000, 400 * 86_400_000),
    fallback: "24h",
    help: "How long raw samples are kept.",
  }),
  setting({
    at: "storage.retentionEventsMs",
    type: duration(86_400_000, 3_650 * 86_400_000),
    fallback: "400d",
    help: "How long events are kept; the last status of each instance stays.",
  }),
  setting({
    at: "storage.queueRowsMax",
    type: integer(1000, 100_000_000),
    fallback: "1000000",
    help: "Maximum number of rows buffered while the database is unavailable; beyond it the oldest are dropped and counted.",
  }),
  setting({
    at: "storage.memoryRowsMax",
    type: integer(1000, 100_000_000),
    fallback: "1000000",
    help: "Maximum number of rows in the memory storage.",
  }),
  setting({
    at: "instances.defaultInterval",
    shortName: "DEFAULT_INTERVAL",
    type: integer(1, 86_400),
    fallback: "5",
    help: "Seconds between two samples of this host, and of instances created without an interval.",
    reloadable: true,
  }),
  setting({
    at: "instances.hostName",
    type: hostName,
    fallback: { text: "the kernel's host name", value: (facts) => facts.hostName },
    help: "Name of this host among the instances.",
  }),
  setting({
    at: "instances.file",
    shortName: "INSTANCES_FILE",
    type: filePath,
    fallback: { text: "none", value: () => null },
    help: "File of instances, whose changes are followed.",
  }),
  setting({
    at: "instances.discoveryFile",
    shortName: "DISCOVERY_FILE",
    type: filePath,
    fallback: { text: "none", value: () => null },
    help: "File of scrape configurations, as in prometheus.yml, whose targets become instances.",
  }),
  setting({
    at: "instances.removalGraceMs",
    type: duration(0, 7 * 86_400_000),
    fallback: "5m",
    help: "How long an instance stays that a scrape configuration no longer finds.",
  }),
  setting({
    at: "instances.removalLimitPercent",
    type: integer(0, 100),
    fallback: "20",
    help: "Percent of a source's instances that one change may remove; a larger change waits to be accepted.",
    reloadable: true,
  }),
  setting({
    at: "shards.threads",
    type: integer(1, 256),
    fallback: { text: "number of cores less one, at least 1", value: (facts) => Math.max(1, facts.cores - 1) },
    help: "Number of worker threads that collect.",
  }),
  setting({
    at: "shards.heapMaxMiB",
    type: mebibytes(16, 16_384),
    fallback: "256MiB",
    help: "Maximum JavaScript heap of a worker thread.",
  }),
  setting({
    at: "shards.collectTimeoutMs",
    type: duration(100, 3_600_000),
    fallback: "10s",
    help: "Timeout of a collection, at most the instance's interval.",
  }),
  ...HOST_SETTINGS.map(([key, declaration]) => ({ ...declaration, at: `host.${key}` }) as Setting),
  setting({
    at: "targets.allowLoopback",
    shortName: "TARGETS_ALLOW_LOOPBACK",
    type: flagSwitch,
    fallback: "false",
    help: "Allows scraped and probed instances on this machine.",
  }),
  setting({
    at: "targets.file",
    shortName: "TARGETS_FILE",
    type: filePath,
    fallback: { text: "none", value: () => null },
    help: "File of the profiles and modules with which targets are scraped and probed; a reload reads it again.",
  }),
  setting({
    at: "metrics.cacheTtlMs",
    shortName: "METRICS_CACHE_TTL",
    type: duration(0, 3_600_000),
    fallback: "1s",
    help: "Age at which this host's values are read again for a scrape.",
    reloadable: true,
  }),
  setting({
    at: "metrics.instancesMax",
    shortName: "METRICS_INSTANCES_MAX",
    type: integer(0, 1_000_000),
    fallback: "1000",
    help: "Highest id of an instance with series on /metrics; the others are on /metrics/instances.",
    reloadable: true,
  }),
  setting({
    at: "metrics.labels",
    flag: "--label",
    type: labelPairs,
    fallback: "",
    help: "Labels of every series, as name=value, separated by commas; names that no family has.",
  }),
  setting({
    at: "metrics.listenAddresses",
    flag: "--web.listen-address",
    type: listenAddresses,
    fallback: "",
    help: "Further addresses, as host:port or :port for all, that serve only the metrics and /-/healthy, without a token; separated by commas.",
  }),
  setting({
    at: "metrics.telemetryPath",
    flag: "--web.telemetry-path",
    type: urlPath,
    fallback: "/metrics",
    help: "Path of the metrics on these further addresses.",
  }),
  setting({
    at: "log.level",
    shortName: "LOG_LEVEL",
    type: choice(LOG_LEVELS),
    fallback: "info",
    help: "Minimum severity of log records.",
    reloadable: true,
  }),
  setting({
    at: "log.format",
    shortName: "LOG_FORMAT",
    type: choice(["auto", "json", "text"]),
    fallback: "auto",
    help: "One JSON object per line, or short text; auto means text on a terminal, else JSON.",
  }),
  setting({
    at: "process.daemonize",
    flag: "--daemon",
    type: flagSwitch,
    fallback: "false",
    help: "Runs in the background, for hosts without systemd.",
  }),
  setting({
    at: "process.pidFile",
    flag: "--pid-file",
    type: filePath,
    fallback: {
      text: "cloud-monitor.pid in the state folder",
      value: (facts) => join(facts.stateDir, "cloud-monitor.pid"),
    },
    help: "File with the daemon's process id.",
  }),
  setting({
    at: "process.logFile",
    flag: "--log-file",
    type: filePath,
    fallback: {
      text: "cloud-monitor.log in the state folder",
      value: (facts) => join(facts.stateDir, "cloud-monitor.log"),
    },
    help: "Log file of a daemon in the background.",
  }),
];

/** Checks that a setting's type and default match its path in Config. */
function setting<P extends ConfigPath>(definition: Setting<P>): Setting {
  return definition;
}
