import { closeSync, statfsSync } from "node:fs";
import { join } from "node:path";
import { endServer } from "./end-server.ts";
import { PrivatePostgresError } from "./private-postgres-error.ts";
import type { PrivateServerOptions, ServerAddress } from "./private-server-options.ts";
import { removeProgramsCopy } from "./programs-copy.ts";
import { waitUntilReady } from "./readiness.ts";
import { openServerFolder } from "./server-folder.ts";
import type { ServerFolder } from "./server-folder.ts";
import { launchServer } from "./server-launch.ts";
import { ServerLog } from "./server-log.ts";
import type { ServerProcess } from "./server-process.ts";
import { serverAddress } from "./server-settings.ts";
import { thrownError } from "./thrown-error.ts";

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
  readonly #stopping = new AbortController();
  #state: PrivateServerState = "stopped";
  #folder: ServerFolder | null = null;
  #process: ServerProcess | null = null;
  #restarts = 0;
  #starting: Promise<ServerAddress> | null = null;
  #supervision: Promise<void> = Promise.resolve();
  #stopped: Promise<void> | null = null;

  constructor(options: PrivateServerOptions) {
    this.#options = options;
    this.#log = new ServerLog(join(options.stateDir, "postgres.log"));
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
   * Resolves when the database answers. Rejects with a PrivatePostgresError.
   */
  start(): Promise<ServerAddress> {
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

  async #start(): Promise<ServerAddress> {
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
    void this.#trimLogRegularly();
    return serverAddress(this.#folder.socketHost);
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
    const { clock, runStatement } = this.#options;
    const host = folder.socketHost;
    const reason = await waitUntilReady({ host, runStatement, clock, timeoutMs: READY_TIMEOUT_MS, signal });
    return end ?? reason;
  }

  async #supervise(folder: ServerFolder, first: ServerProcess): Promise<void> {
    const { clock, logger, restartDelays } = this.#options;
    const { signal } = this.#stopping;
    for (let server: ServerProcess | null = first; server !== null;) {
      const upMs = clock.monotonicMs();
      const logMark = this.#log.size;
      const how = await server.exited;
      if (signal.aborted) return;
      if (clock.monotonicMs() - upMs >= STEADY_MS) restartDelays.reset();
      this.#state = "restarting";
      logger.warn("private PostgreSQL ended unexpectedly", { pid: server.pid, how, log: this.#log.since(logMark) });
      server = await this.#restart(folder);
    }
  }

  /** Tries until a server answers; null when the daemon stops. */
  async #restart(folder: ServerFolder): Promise<ServerProcess | null> {
    const { clock, logger, restartDelays } = this.#options;
    const { signal } = this.#stopping;
    for (;;) {
      await clock.sleep(restartDelays.next(), signal);
      if (signal.aborted) return null;
      this.#restarts++;
      try {
        const server = await this.#bringUp(folder);
        this.#state = "running";
        return server;
      } catch (error) {
        if (signal.aborted) return null;
        logger.error("private PostgreSQL does not start", { error: thrownError(error).message });
      }
    }
  }

  async #stop(withinMs: number): Promise<void> {
    const untilMs = this.#options.clock.monotonicMs() + withinMs;
    this.#stopping.abort();
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

  async #trimLogRegularly(): Promise<void> {
    const { clock, logger } = this.#options;
    const { signal } = this.#stopping;
    for (;;) {
      await clock.sleep(LOG_TRIM_INTERVAL_MS, signal);
      if (signal.aborted) return;
      try {
        this.#log.trim();
      } catch (error) {
        logger.warn("the log of PostgreSQL cannot be shortened", { error: thrownError(error).message });
      }
    }
  }

  #unavailable(error: unknown): PrivatePostgresError {
    if (error instanceof PrivatePostgresError) return error;
    const found = this.#stopping.signal.aborted ? "the private PostgreSQL is stopped" : thrownError(error).message;
    return new PrivatePostgresError("UNAVAILABLE", `the private PostgreSQL does not answer: ${found}`, {
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
