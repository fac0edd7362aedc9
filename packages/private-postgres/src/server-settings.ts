import type { ServerAddress } from "./private-server-options.ts";
import { FOLDER_IN_CHILD, SERVER_PORT } from "./server-folder.ts";

const SERVER_USER = "cloud_monitor";
export const SERVER_DATABASE = "cloud_monitor";
/** Created by initdb; our own database is created from a connection to it. */
export const MAINTENANCE_DATABASE = "postgres";

/** How clients of this process reach the database; `host` is the folder of the socket. */
export function serverAddress(host: string): ServerAddress {
  return { host, port: SERVER_PORT, user: SERVER_USER, database: SERVER_DATABASE };
}

/** No password, because only the folder's owner and root can reach the socket. */
export function initdbArguments(dataFolder: string): string[] {
  return [
    "-D",
    `${FOLDER_IN_CHILD}/${dataFolder}`,
    "--auth=trust",
    `--username=${SERVER_USER}`,
    "--encoding=UTF8",
    "--locale=C.UTF-8",
    "--no-instructions",
  ];
}

/**
 * Settings are passed on the command line, so that a cluster created by an older release runs with those of this release.
 * Nothing listens on TCP. `fsync` and `synchronous_commit` are explicit, though they are the defaults: committed data
 * survives a power failure.
 */
const SETTINGS = {
  listen_addresses: "",
  port: String(SERVER_PORT),
  unix_socket_directories: FOLDER_IN_CHILD,
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
  // A private server has no replicas: `minimal` writes the least.
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
  // failure-reason.ts looks for the English names of message levels.
  lc_messages: "C",
  log_timezone: "UTC",
  timezone: "UTC",
} as const;

export function serverArguments(): string[] {
  const settings = Object.entries(SETTINGS).flatMap(([name, value]) => ["-c", `${name}=${value}`]);
  return ["-D", `${FOLDER_IN_CHILD}/data`, ...settings];
}
