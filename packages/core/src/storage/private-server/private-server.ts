import { closeSync, statfsSync } from "node:fs";
import { join } from "node:path";
import { Backoff } from "../../model/backoff.ts";
import { sleep } from "../../model/clock.ts";
import type { CancelTimer, Clock } from "../../model/clock.ts";
import { CloudMonitorError, isCloudMonitorError, messageOf } from "../../model/errors.ts";
import type { Logger } from "../../model/logger.ts";
import type { PostgresAddress } from "../postgres-address.ts";
import { removeProgramsCopy } from "./programs-copy.ts";
import { waitUntilReady } from "./readiness.ts";
import { openServerFolder, SERVER_PORT } from "./server-folder.ts";
import type { ServerFolder } from "./server-folder.ts";
import { launchServer } from "./server-launch.ts";
import { ServerLog } from "./server-log.ts";
import type { ServerProcess } from "./server-process.ts";
import { SERVER_DATABASE, SERVER_USER } from "./server-settings.ts";
import { endServer } from "./end-server.ts";

export interface PrivateServerOptions {
  /** Absolute. The caller holds its lock: two daemons on one folder would stop each other's server. */
  readonly stateDir: string;
  readonly logger: Logger;
  readonly clock: Clock;
  readonly random: () => number;
  /** Folders to look for programs in, instead of the system's and the packaged ones. */
  readonly binDirs?: readonly string[];
}

export interface PrivateServerStats {
  readonly state: PrivateServerState;
  /** Null while no server runs. */
  readonly pid: number | null;
  /** The server was started by an earlier daemon. */
  readonly adopted: boolean;
  /** Starts after an unexpected end. */
  readonly restarts: number;
}

export type PrivateServerState = "stopped" | "starting" | "running" | "restarting";

/** Recovery after a crash reads up to `max_wal_size`; it goes on when the time is over, and the next start() finds it. */
const READY_TIMEOUT_MS = 60_000;
/** A server that ran for this long is no crash loop. */
const STEADY_MS = 60_000;
const LOG_TRIM_INTERVAL_MS = 60_000;
const STOP_MS = 9_000;
const RESTART_BACKOFF = { firstMs: 200, maxMs: 30_000 };

/**
 * A PostgreSQL of the daemon's own in `<stateDir>/postgres`, reached by a Unix socket only.
 *
 *     stopped -- start() --> starting -- answers --> running -- ends --> restarting -- answers --> running
 *        ^---------------------------- stop(), from every state
 *
 * It outlives a killed daemon; the next start() adopts it. stop() is final.
 */
export class PrivateServer {
  readonly #options: PrivateServerOptions;
  readonly #log: ServerLog;
  readonly #backoff: Backoff;
  readonly #stopping = new AbortController();
  #state: PrivateServerState = "stopped";
  #folder: ServerFolder | null = null;
  #process: ServerProcess | null = null;
  #restarts = 0;
  #starting: Promise<PostgresAddress> | null = null;
  #supervision: Promise<void> = Promise.resolve();
  #stopped: Promise<void> | null = null;
  #cancelTrim: CancelTimer = () => {};

  constructor(options: PrivateServerOptions) {
    this.#options = options;
    this.#log = new ServerLog(join(options.stateDir, "postgres.log"));
    this.#backoff = new Backoff(RESTART_BACKOFF, options.random);
  }

  /** The folder that holds data and socket. */
  get location(): string {
    return join(this.#options.stateDir, "postgres");
  }

  get stats(): PrivateServerStats {
    const pid = this.#process?.pid ?? null;
    return { state: this.#state, pid, adopted: this.#process?.adopted ?? false, restarts: this.#restarts };
  }

  /**
   * Resolves when the database answers. `STORE_BINARIES_MISSING`, `STORE_DATA_FOREIGN`, `STATE_DIR_UNWRITABLE` need
   * a person; `STORE_UNAVAILABLE` may be tried again.
   */
  start(): Promise<PostgresAddress> {
    this.#starting ??= this.#start().catch((error: unknown) => {
      this.#starting = null;
      throw error;
    });
    return this.#starting;
  }

  /** Ends the server, an adopted one too, by SIGKILL when `withinMs` is nearly over. Safe twice, without start() and during it. */
  stop(withinMs = STOP_MS): Promise<void> {
    this.#stopped ??= this.#stop(withinMs);
    return this.#stopped;
  }

  async #start(): Promise<PostgresAddress> {
    this.#state = "starting";
    try {
      this.#folder ??= openServerFolder(this.#options.stateDir);
      this.#process = await this.#bringUp(this.#folder);
    } catch (error) {
      this.#state = "stopped";
      throw this.#unavailable(error);
    }
    this.#state = "running";
    this.#supervision = this.#supervise(this.#folder, this.#process);
    this.#trimLogRegularly();
    return { host: this.#folder.socketHost, port: SERVER_PORT, user: SERVER_USER, database: SERVER_DATABASE };
  }

  /** A server that answers. One that was found on the folder and ends instead (its stop had begun) is followed by a new one. */
  async #bringUp(folder: ServerFolder): Promise<ServerProcess> {
    const startedMs = this.#options.clock.monotonicMs();
    for (;;) {
      const { stateDir, logger, clock, binDirs } = this.#options;
      const { signal } = this.#stopping;
      signal.throwIfAborted();
      const logMark = this.#log.size;
      const server = await launchServer({ stateDir, folder, log: this.#log, logger, clock, binDirs, signal });
      this.#process = server;
      const reason = await this.#readinessOf(folder, server);
      signal.throwIfAborted();
      if (reason === null) {
        const durationMs = Math.round(clock.monotonicMs() - startedMs);
        logger.info("private PostgreSQL answers", { pid: server.pid, adopted: server.adopted, durationMs });
        return server;
      }
      if (server.adopted && this.#process === null) continue;
      throw new Error(`${reason}; ${this.#log.path}: ${this.#log.since(logMark) || emptyLogReason(stateDir)}`);
    }
  }

  /** Null when it answers, else why not; `#process` is null when it is gone. */
  async #readinessOf(folder: ServerFolder, server: ServerProcess): Promise<string | null> {
    const gone = new AbortController();
    let end: string | null = null;
    void server.exited.then((how) => {
      end = `PostgreSQL ended at its start (${how})`;
      if (this.#process === server) this.#process = null;
      gone.abort();
    });
    const signal = AbortSignal.any([gone.signal, this.#stopping.signal]);
    const { clock } = this.#options;
    const reason = await waitUntilReady({ host: folder.socketHost, clock, timeoutMs: READY_TIMEOUT_MS, signal });
    return end ?? reason;
  }

  async #supervise(folder: ServerFolder, first: ServerProcess): Promise<void> {
    const { clock, logger } = this.#options;
    const { signal } = this.#stopping;
    for (let server: ServerProcess | null = first; server !== null;) {
      const upMs = clock.monotonicMs();
      const logMark = this.#log.size;
      const how = await server.exited;
      if (signal.aborted) return;
      if (clock.monotonicMs() - upMs >= STEADY_MS) this.#backoff.reset();
      this.#state = "restarting";
      logger.warn("private PostgreSQL ended unexpectedly", { pid: server.pid, how, log: this.#log.since(logMark) });
      server = await this.#restart(folder);
    }
  }

  /** Tries until a server answers; null when the daemon stops. */
  async #restart(folder: ServerFolder): Promise<ServerProcess | null> {
    const { clock, logger } = this.#options;
    const { signal } = this.#stopping;
    for (;;) {
      await sleep(clock, this.#backoff.next(), signal);
      if (signal.aborted) return null;
      this.#restarts++;
      try {
        const server = await this.#bringUp(folder);
        this.#state = "running";
        return server;
      } catch (error) {
        if (signal.aborted) return null;
        logger.error("private PostgreSQL does not start", { error: messageOf(error) });
      }
    }
  }

  async #stop(withinMs: number): Promise<void> {
    const untilMs = this.#options.clock.monotonicMs() + withinMs;
    this.#stopping.abort();
    this.#cancelTrim();
    // A start under way ends by the abort; its error belongs to the caller of start().
    await this.#starting?.catch(() => {});
    await this.#endProcess(untilMs);
    await this.#supervision;
    // A restart under way may have brought up another one.
    await this.#endProcess(untilMs);
    this.#state = "stopped";
    if (this.#folder === null) return;
    closeSync(this.#folder.fd);
    this.#folder = null;
    await removeProgramsCopy(this.#options.stateDir);
  }

  async #endProcess(untilMs: number): Promise<void> {
    const { clock, logger } = this.#options;
    const withinMs = Math.max(0, untilMs - clock.monotonicMs());
    if (this.#process !== null) await endServer(this.#process, { withinMs, clock, logger });
    this.#process = null;
  }

  #trimLogRegularly(): void {
    this.#cancelTrim = this.#options.clock.after(LOG_TRIM_INTERVAL_MS, () => {
      try {
        this.#log.trim();
      } catch (error) {
        this.#options.logger.warn("the log of PostgreSQL cannot be shortened", { error: messageOf(error) });
      }
      this.#trimLogRegularly();
    });
  }

  #unavailable(error: unknown): unknown {
    if (isCloudMonitorError(error)) return error;
    const found = this.#stopping.signal.aborted ? "the private PostgreSQL is stopped" : messageOf(error);
    return new CloudMonitorError("STORE_UNAVAILABLE", `the private PostgreSQL does not answer: ${found}`, {
      retryable: true,
      cause: error,
    });
  }
}

/** A page of the log, and of whatever else the server writes first. */
const SPACE_BYTES_MIN = 65_536;

/** On a full disk the server cannot even write why it ends. */
function emptyLogReason(stateDir: string): string {
  const { bavail, bsize } = statfsSync(stateDir);
  return bavail * bsize < SPACE_BYTES_MIN ? `no space left on the disk of ${stateDir}` : "it says nothing";
}
