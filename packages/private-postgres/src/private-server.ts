import { closeSync, statfsSync } from "node:fs";
import { join } from "node:path";
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
import { stopServer } from "./stop-server.ts";
import { toError } from "./to-error.ts";

export interface PrivateServerStats {
  readonly state: PrivateServerState;
  /** Null while no server runs. */
  readonly pid: number | null;
  /** The server was started by an earlier process. */
  readonly adopted: boolean;
  /** Starts after an unexpected exit. */
  readonly restarts: number;
}

export type PrivateServerState = "stopped" | "starting" | "running" | "restarting";

/** Crash recovery reads up to `max_wal_size`; it continues after the timeout, and the next start() finds the server. */
const READY_TIMEOUT_MS = 60_000;
/** A server that ran for this long is not in a crash loop. */
const STABLE_MS = 60_000;
const LOG_ROTATE_INTERVAL_MS = 60_000;
const STOP_MS = 9_000;

/**
 * A PostgreSQL server for the caller alone, in `<stateDir>/postgres`, reached by a Unix socket only.
 *
 *     stopped -- start() --> starting -- ready --> running -- exits --> restarting -- ready --> running
 *        ^---------------------------- stop(), from every state
 *
 * The server survives when the daemon is killed; the next start() adopts it. stop() is final.
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

  /** Resolves when the database answers; rejects with a PrivatePostgresError, after which it may be called again. */
  start(): Promise<ServerAddress> {
    this.#starting ??= this.#start().catch((error: unknown) => {
      this.#starting = null;
      throw error;
    });
    return this.#starting;
  }

  /** Stops the server, an adopted one too, by SIGKILL when `withinMs` is nearly over. Safe twice, without start() and during it. */
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
    void this.#rotateLogRegularly();
    return serverAddress(this.#folder.socketHost);
  }

  /** A server that is ready. An adopted one that exits instead (it was shutting down) is replaced by a new one. */
  async #bringUp(folder: ServerFolder): Promise<ServerProcess> {
    const startedMs = this.#options.clock.monotonicMs();
    for (;;) {
      const { stateDir, logger, clock, binDirs } = this.#options;
      const { signal } = this.#stopping;
      signal.throwIfAborted();
      const logOffset = this.#log.size;
      const server = await launchServer({ stateDir, folder, log: this.#log, logger, clock, binDirs, signal });
      this.#process = server;
      const reason = await this.#readinessOf(folder, server);
      signal.throwIfAborted();
      if (reason === null) {
        const durationMs = Math.round(clock.monotonicMs() - startedMs);
        logger.info("private PostgreSQL is ready", { pid: server.pid, adopted: server.adopted, durationMs });
        return server;
      }
      if (server.adopted && this.#process === null) continue;
      throw new Error(`${reason}; ${this.#log.path}: ${this.#log.since(logOffset) || emptyLogReason(stateDir)}`);
    }
  }

  /** Null when it is ready, else why not; `#process` is null when it has exited. */
  async #readinessOf(folder: ServerFolder, server: ServerProcess): Promise<string | null> {
    const exited = new AbortController();
    let exit: string | null = null;
    void server.exited.then((how) => {
      exit = `PostgreSQL exited during startup (${how})`;
      if (this.#process === server) this.#process = null;
      exited.abort();
    });
    const signal = AbortSignal.any([exited.signal, this.#stopping.signal]);
    const { clock, runStatement } = this.#options;
    const host = folder.socketHost;
    const reason = await waitUntilReady({ host, runStatement, clock, timeoutMs: READY_TIMEOUT_MS, signal });
    return exit ?? reason;
  }

  async #supervise(folder: ServerFolder, first: ServerProcess): Promise<void> {
    const { clock, logger, restartDelays } = this.#options;
    const { signal } = this.#stopping;
    for (let server: ServerProcess | null = first; server !== null;) {
      const upMs = clock.monotonicMs();
      const logOffset = this.#log.size;
      const how = await server.exited;
      if (signal.aborted) return;
      if (clock.monotonicMs() - upMs >= STABLE_MS) restartDelays.reset();
      this.#state = "restarting";
      logger.warn("private PostgreSQL exited unexpectedly", { pid: server.pid, how, log: this.#log.since(logOffset) });
      server = await this.#restart(folder);
    }
  }

  /** Retries until a server is ready; null when stop() was called. */
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
        logger.error("private PostgreSQL restart failed", { error: toError(error).message });
      }
    }
  }

  async #stop(withinMs: number): Promise<void> {
    const untilMs = this.#options.clock.monotonicMs() + withinMs;
    this.#stopping.abort();
    // The abort ends a start in progress; its error goes to the caller of start().
    await this.#starting?.catch(() => {});
    await this.#stopProcess(untilMs);
    await this.#supervision;
    // A restart in progress may have started another one.
    await this.#stopProcess(untilMs);
    this.#state = "stopped";
    if (this.#folder === null) return;
    closeSync(this.#folder.fd);
    this.#folder = null;
    await removeProgramsCopy(this.#options.stateDir);
  }

  async #stopProcess(untilMs: number): Promise<void> {
    const { clock, logger } = this.#options;
    const withinMs = Math.max(0, untilMs - clock.monotonicMs());
    if (this.#process !== null) await stopServer(this.#process, { withinMs, clock, logger });
    this.#process = null;
  }

  async #rotateLogRegularly(): Promise<void> {
    const { clock, logger } = this.#options;
    const { signal } = this.#stopping;
    for (;;) {
      await clock.sleep(LOG_ROTATE_INTERVAL_MS, signal);
      if (signal.aborted) return;
      try {
        this.#log.rotate();
      } catch (error) {
        logger.warn("PostgreSQL log rotation failed", { error: toError(error).message });
      }
    }
  }

  #unavailable(error: unknown): PrivatePostgresError {
    if (error instanceof PrivatePostgresError) return error;
    const found = this.#stopping.signal.aborted ? "the private PostgreSQL was stopped" : toError(error).message;
    return new PrivatePostgresError("UNAVAILABLE", `the private PostgreSQL does not respond: ${found}`, {
      cause: error,
    });
  }
}

/** Room for the log and for what else the server writes first. */
const SPACE_BYTES_MIN = 65_536;

/** On a full disk the server cannot even log why it exits. */
function emptyLogReason(stateDir: string): string {
  const { bavail, bsize } = statfsSync(stateDir);
  return bavail * bsize < SPACE_BYTES_MIN ? `no space left on the disk of ${stateDir}` : "it logged nothing";
}
