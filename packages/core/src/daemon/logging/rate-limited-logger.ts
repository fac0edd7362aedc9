import type { Clock } from "../../model/clock.ts";
import type { LogFields, Logger, LogLevel } from "../../model/logger.ts";

export interface RateLimit {
  /** The same record is written at most once in this time. */
  readonly everyMs: number;
  /** Fields that, with level and message, distinguish records: `["collector"]`. Default: none. */
  readonly keyFields?: readonly string[];
  /** Maximum number of remembered records; default 1,000. The least recent one is evicted first. */
  readonly keysMax?: number;
}

/**
 * A logger for what may fail a thousand times per second: the same record at most once in `everyMs`, then with the field
 * `suppressed`, the number of those dropped in between.
 */
export function rateLimited(logger: Logger, clock: Clock, limit: RateLimit): Logger {
  return new RateLimitedLogger(logger, new Gate(clock, limit));
}

class RateLimitedLogger implements Logger {
  readonly #next: Logger;
  readonly #gate: Gate;
  readonly #component: string;

  constructor(next: Logger, gate: Gate, component = "") {
    this.#next = next;
    this.#gate = gate;
    this.#component = component;
  }

  error(message: string, fields?: LogFields): void {
    this.#log("error", message, fields);
  }

  warn(message: string, fields?: LogFields): void {
    this.#log("warn", message, fields);
  }

  info(message: string, fields?: LogFields): void {
    this.#log("info", message, fields);
  }

  debug(message: string, fields?: LogFields): void {
    this.#log("debug", message, fields);
  }

  child(component: string): Logger {
    return new RateLimitedLogger(this.#next.child(component), this.#gate, component);
  }

  #log(level: LogLevel, message: string, fields: LogFields = {}): void {
    const suppressed = this.#gate.pass([this.#component, level, message], fields);
    if (suppressed === null) return;
    this.#next[level](message, suppressed === 0 ? fields : { ...fields, suppressed });
  }
}

interface Seen {
  readonly loggedAtMs: number;
  suppressed: number;
}

class Gate {
  readonly #clock: Clock;
  readonly #limit: RateLimit;
  /** In order of logging, oldest first. */
  readonly #seen = new Map<string, Seen>();

  constructor(clock: Clock, limit: RateLimit) {
    this.#clock = clock;
    this.#limit = limit;
  }

  /** Number of records dropped before this one, or null when it is dropped, too. */
  pass(parts: readonly string[], fields: LogFields): number | null {
    const facts = (this.#limit.keyFields ?? []).map((name) => String(fields[name]));
    const key = [...parts, ...facts].join("\0");
    const seen = this.#seen.get(key);
    const nowMs = this.#clock.monotonicMs();
    if (seen !== undefined && nowMs - seen.loggedAtMs < this.#limit.everyMs) {
      seen.suppressed++;
      return null;
    }
    this.#seen.delete(key);
    this.#seen.set(key, { loggedAtMs: nowMs, suppressed: 0 });
    this.#evictOldest();
    return seen?.suppressed ?? 0;
  }

  #evictOldest(): void {
    const [oldest] = this.#seen.keys();
    if (oldest !== undefined && this.#seen.size > (this.#limit.keysMax ?? 1000)) this.#seen.delete(oldest);
  }
}
