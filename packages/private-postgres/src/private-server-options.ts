/** What the caller brings. */
export interface PrivateServerOptions {
  /** Absolute. The caller holds its lock: two processes on one folder would stop each other's server. */
  readonly stateDir: string;
  readonly logger: Logger;
  readonly clock: Clock;
  readonly restartDelays: RestartDelays;
  readonly runStatement: RunStatement;
  /** Folders to look for programs in, instead of the system's and the packaged ones. */
  readonly binDirs?: readonly string[];
}

export interface Clock {
  /** Monotonic, milliseconds with a fraction. */
  monotonicMs(): number;
  /** Resolves after `delayMs`, or at once when `signal` aborts; never rejects. */
  sleep(delayMs: number, signal?: AbortSignal): Promise<void>;
}

/** A message and facts, which are never interpolated into it. */
export interface Logger {
  error(message: string, fields?: Readonly<Record<string, unknown>>): void;
  warn(message: string, fields?: Readonly<Record<string, unknown>>): void;
  info(message: string, fields?: Readonly<Record<string, unknown>>): void;
}

/** How long to wait before each restart of a server that exited unexpectedly. */
export interface RestartDelays {
  /** The next delay in milliseconds. */
  next(): number;
  /** Called when a server had been stable before it exited: that is no crash loop. */
  reset(): void;
}

/**
 * Runs one statement on a connection of its own, within a few seconds. Rejects with what the driver throws: an `Error` whose
 * `code` is the SQLSTATE where the server answered. Without TLS and password.
 */
export type RunStatement = (address: ServerAddress, sql: string) => Promise<void>;

export interface ServerAddress {
  /** The folder of the Unix socket: `/.../postgres`, or `/proc/self/fd/N` where that path is too long for a socket. */
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly database: string;
}
