import type { ServerAddress } from "./private-server-options.ts";
import { FOLDER_OF_PROGRAMS, SERVER_PORT } from "./server-folder.ts";

const SERVER_USER = "cloud_monitor";
export const SERVER_DATABASE = "cloud_monitor";
/** initdb makes it; ours is made from there. */
export const MAINTENANCE_DATABASE = "postgres";

/** How clients of this process reach the database; `host` is the folder of the socket. */
export function serverAddress(host: string): ServerAddress {
  return { host, port: SERVER_PORT, user: SERVER_USER, database: SERVER_DATABASE };
}

/** A cluster of our own: no password, because only the folder's owner and root reach its socket. */
export function initdbArguments(dataFolder: string): string[] {
  return [
    "-D",
    `${FOLDER_OF_PROGRAMS}/${dataFolder}`,
    "--auth=trust",
    `--username=${SERVER_USER}`,
    "--encoding=UTF8",
    "--locale=C.UTF-8",
    "--no-instructions",
  ];
}

/**
 * Settings go by the command line, so that a folder made by an older release runs with this release's.
 * Nothing listens on TCP. `fsync` and `synchronous_commit` are written out, though they are the defaults: a stored batch
 * survives a power cut.
 */
const SETTINGS = {
  listen_addresses: "",
  port: String(SERVER_PORT),
  unix_socket_directories: FOLDER_OF_PROGRAMS,
  unix_socket_permissions: "0700",
  cluster_name: "cloud-monitor",
  max_connections: "20",
  shared_buffers: "64MB",
  work_mem: "8MB",
  maintenance_work_mem: "64MB",
  effective_cache_size: "256MB",
  jit: "off",
  fsync: "on",
  synchronous_commit: "on",
  // Nobody replicates from a private server: `minimal` writes the least.
  wal_level: "minimal",
  max_wal_senders: "0",
  wal_compression: "on",
  min_wal_size: "80MB",
  max_wal_size: "512MB",
  checkpoint_timeout: "15min",
  max_worker_processes: "4",
  autovacuum_max_workers: "2",
  log_destination: "stderr",
  logging_collector: "off",
  log_checkpoints: "off",
  // The reasons of a failed start are found by the English names of their levels.
  lc_messages: "C",
  log_timezone: "UTC",
  timezone: "UTC",
} as const;

export function serverArguments(): string[] {
  const settings = Object.entries(SETTINGS).flatMap(([name, value]) => ["-c", `${name}=${value}`]);
  return ["-D", `${FOLDER_OF_PROGRAMS}/data`, ...settings];
}
