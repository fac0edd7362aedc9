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
import { mebibytes } from "../model/setting/values/mebibytes.ts";
import { token } from "../model/setting/values/token.ts";

/** Every setting, once; those of the host's collectors stand with them. `docs/configure.md`, `.env.example` and `--help` are checked against it or made from it. */
export const SETTINGS: readonly Setting[] = [
  setting({
    at: "http.host",
    shortName: "HTTP_HOST",
    type: hostName,
    fallback: "127.0.0.1",
    help: "Address to listen on; any but loopback needs a token.",
  }),
  setting({
    at: "http.port",
    shortName: "HTTP_PORT",
    type: integer(0, 65_535, "a port"),
    fallback: "8080",
    help: "Port to listen on; 0 lets the kernel choose.",
  }),
  setting({
    at: "http.apiToken",
    shortName: "API_TOKEN",
    type: token,
    fallback: { text: "none", value: () => null },
    help: "Bearer token that all but the open routes need.",
    secret: true,
    reloadable: true,
  }),
  setting({
    at: "http.insecureNoAuth",
    flag: "--insecure-no-auth",
    type: flagSwitch,
    fallback: "false",
    help: "Allows an address that is not loopback without a token.",
  }),
  setting({
    at: "stateDir",
    shortName: "STATE_DIR",
    type: filePath,
    fallback: "./var",
    help: "Folder of everything that the daemon keeps; one daemon a folder.",
  }),
  setting({
    at: "storage.kind",
    shortName: "STORAGE",
    flag: "--storage",
    type: choice(["postgres", "memory"]),
    fallback: "postgres",
    help: "Where samples are kept: PostgreSQL, or memory that a restart empties.",
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
    help: "Most connections to PostgreSQL.",
  }),
  setting({
    at: "storage.retentionRawMs",
    type: duration(3_600_000, 400 * 86_400_000),
    fallback: "24h",
    help: "How long raw samples are kept.",
  }),
  setting({
    at: "storage.queueRowsMax",
    type: integer(1000, 100_000_000),
    fallback: "1000000",
    help: "Rows that wait while the database is away; beyond that the oldest are dropped and counted.",
  }),
  setting({
    at: "storage.memoryRowsMax",
    type: integer(1000, 100_000_000),
    fallback: "1000000",
    help: "Rows that the memory storage keeps.",
  }),
  setting({
    at: "instances.defaultInterval",
    shortName: "DEFAULT_INTERVAL",
    type: integer(1, 86_400),
    fallback: "5",
    help: "Seconds between two samples of this host and of instances that name no interval.",
    reloadable: true,
  }),
  setting({
    at: "instances.hostName",
    type: hostName,
    fallback: { text: "the kernel's host name", value: (facts) => facts.hostName },
    help: "Name of this host among the instances.",
  }),
  setting({
    at: "shards.threads",
    type: integer(1, 256),
    fallback: { text: "one less than the cores, at least 1", value: (facts) => Math.max(1, facts.cores - 1) },
    help: "Worker threads that collect.",
  }),
  setting({
    at: "shards.heapMaxMiB",
    type: mebibytes(16, 16_384),
    fallback: "256MiB",
    help: "JavaScript heap that one worker thread may use.",
  }),
  setting({
    at: "shards.collectTimeoutMs",
    type: duration(100, 3_600_000),
    fallback: "10s",
    help: "Longest time that one collection may take, never more than the instance's interval.",
  }),
  ...HOST_SETTINGS.map(([key, declaration]) => ({ ...declaration, at: `host.${key}` }) as Setting),
  setting({
    at: "metrics.cacheTtlMs",
    shortName: "METRICS_CACHE_TTL",
    type: duration(0, 3_600_000),
    fallback: "1s",
    help: "Age from which a scrape reads this host's values anew.",
    reloadable: true,
  }),
  setting({
    at: "metrics.instancesMax",
    shortName: "METRICS_INSTANCES_MAX",
    type: integer(0, 1_000_000),
    fallback: "1000",
    help: "Most instances that /metrics shows series of one by one.",
    reloadable: true,
  }),
  setting({
    at: "log.level",
    shortName: "LOG_LEVEL",
    type: choice(LOG_LEVELS),
    fallback: "info",
    help: "Least severe records that are written.",
    reloadable: true,
  }),
  setting({
    at: "log.format",
    shortName: "LOG_FORMAT",
    type: choice(["auto", "json", "text"]),
    fallback: "auto",
    help: "One JSON object a line, or short text; auto is text on a terminal.",
  }),
  setting({
    at: "process.daemonize",
    flag: "--daemon",
    type: flagSwitch,
    fallback: "false",
    help: "Detaches from the terminal, for hosts without systemd.",
  }),
  setting({
    at: "process.pidFile",
    flag: "--pid-file",
    type: filePath,
    fallback: {
      text: "cloud-monitor.pid in the state folder",
      value: (facts) => join(facts.stateDir, "cloud-monitor.pid"),
    },
    help: "File that holds the daemon's process id.",
  }),
  setting({
    at: "process.logFile",
    flag: "--log-file",
    type: filePath,
    fallback: {
      text: "cloud-monitor.log in the state folder",
      value: (facts) => join(facts.stateDir, "cloud-monitor.log"),
    },
    help: "Where a detached daemon logs.",
  }),
];

/** Checks that a setting's type and default fit its place in Config. */
function setting<P extends ConfigPath>(definition: Setting<P>): Setting {
  return definition;
}
