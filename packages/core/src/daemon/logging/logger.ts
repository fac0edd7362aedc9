import { Writable } from "node:stream";
import winston from "winston";
import { sleep } from "../../model/clock.ts";
import type { Clock } from "../../model/clock.ts";
import { LOG_LEVELS } from "../../model/logger.ts";
import type { LogFields, Logger, LogLevel } from "../../model/logger.ts";
import type { LineOutput } from "./line-output.ts";
import { cutText, plainFields } from "./log-fields.ts";
import { journalLine, jsonLine, textLine } from "./log-line.ts";
import type { LogRecord } from "./log-line.ts";

export interface LoggerOptions {
  readonly level: LogLevel;
  /** `auto`: text on a terminal, else JSON. */
  readonly format: "auto" | "json" | "text";
  readonly serviceName: string;
  readonly clock: Clock;
  readonly output: LineOutput;
  readonly isTerminal: boolean;
  /** Default: as isTerminal. `NO_COLOR` disables it. */
  readonly isColoured?: boolean;
  /** True when the output is connected to journald (`isJournalStream`): each line then begins with its priority. */
  readonly isJournal?: boolean;
}

export interface RootLogger extends Logger {
  /** Records lost by the output since the start. */
  readonly linesLost: number;
  setLevel(level: LogLevel): void;
  /** Resolves when everything logged so far has been written, within `withinMs` (2 s) at the latest. Await it before exit. */
  flush(withinMs?: number): Promise<void>;
}

/** The daemon's logger. A slow or closed output only loses lines, which are counted and reported. */
export function createLogger(options: LoggerOptions): RootLogger {
  return new WinstonLogger(new Core(options), "daemon");
}

const FLUSH_TIMEOUT_MS = 2000;
/** Records inside winston, which passes them on in a later event-loop turn when there are many. */
const RECORDS_IN_FLIGHT_MAX = 10_000;
const LINE = Symbol.for("message");
const LEVELS = Object.fromEntries(LOG_LEVELS.map((level, severity) => [level, severity]));

class WinstonLogger implements RootLogger {
  readonly #core: Core;
  readonly #component: string;

  constructor(core: Core, component: string) {
    this.#core = core;
    this.#component = component;
  }

  error(message: string, fields?: LogFields): void {
    this.#core.log({ level: "error", component: this.#component, message, fields });
  }

  warn(message: string, fields?: LogFields): void {
    this.#core.log({ level: "warn", component: this.#component, message, fields });
  }

  info(message: string, fields?: LogFields): void {
    this.#core.log({ level: "info", component: this.#component, message, fields });
  }

  debug(message: string, fields?: LogFields): void {
    this.#core.log({ level: "debug", component: this.#component, message, fields });
  }

  child(component: string): Logger {
    return new WinstonLogger(this.#core, component);
  }

  get linesLost(): number {
    return this.#core.linesLost;
  }

  setLevel(level: LogLevel): void {
    this.#core.setLevel(level);
  }

  flush(withinMs = FLUSH_TIMEOUT_MS): Promise<void> {
    return this.#core.flush(withinMs);
  }
}

interface Call {
  readonly level: LogLevel;
  readonly component: string;
  readonly message: string;
  readonly fields: LogFields | undefined;
}

/** One winston logger and its output, shared by all components. */
class Core {
  readonly #options: LoggerOptions;
  readonly #winston: winston.Logger;
  readonly #output: LineOutput;
  /** Records given to winston and not written yet. */
  #inFlight = 0;
  /** Lost and not reported yet. */
  #lost = 0;
  #lostReported = 0;
  #whenIdle: (() => void)[] = [];

  constructor(options: LoggerOptions) {
    this.#options = options;
    this.#output = options.output;
    const write = (line: string) => this.#write(line);
    const sink = new Writable({
      decodeStrings: false,
      write: (line: string, _encoding, done) => {
        write(line);
        done();
      },
    });
    this.#winston = winston.createLogger({
      level: options.level,
      levels: LEVELS,
      format: winston.format(formatterOf(options))(),
      transports: [new winston.transports.Stream({ stream: sink, eol: "" })],
      exitOnError: false,
    });
  }

  log(call: Call): void {
    if (LOG_LEVELS.indexOf(call.level) > LOG_LEVELS.indexOf(this.#winston.level as LogLevel)) return;
    if (this.#inFlight >= RECORDS_IN_FLIGHT_MAX) {
      this.#lost++;
      return;
    }
    this.#submit(call);
  }

  get linesLost(): number {
    return this.#lostReported + this.#lost;
  }

  setLevel(level: LogLevel): void {
    this.#winston.level = level;
  }

  async flush(withinMs: number): Promise<void> {
    const timeout = new AbortController();
    const written = this.#idle().then(() => this.#output.flush());
    await Promise.race([written, sleep(this.#options.clock, withinMs, timeout.signal)]);
    timeout.abort();
  }

  #submit(call: Call): void {
    this.#inFlight++;
    const { serviceName, clock } = this.#options;
    const record: LogRecord = {
      wallMs: clock.wallMs(),
      level: call.level,
      message: cutText(call.message),
      service: serviceName,
      component: call.component,
      fields: plainFields(call.fields ?? {}),
    };
    // Nested, since winston merges a field named `message` into the message.
    this.#winston.log({ level: call.level, message: "", record });
  }

  #write(line: string): void {
    this.#inFlight--;
    this.#output.write(line, (isTaken) => {
      if (!isTaken) this.#lost++;
      else if (this.#lost > 0) this.#reportLost();
    });
    if (this.#inFlight === 0) this.#whenIdle.splice(0).forEach((resolve) => resolve());
  }

  #reportLost(): void {
    const records = this.#lost;
    this.#lost = 0;
    this.#lostReported += records;
    this.#submit({
      level: "warn",
      component: "log",
      message: "log records were lost because the output did not take them",
      fields: { records },
    });
  }

  #idle(): Promise<void> {
    return this.#inFlight === 0 ? Promise.resolve() : new Promise((resolve) => this.#whenIdle.push(resolve));
  }
}

/** Sets the finished line of a record; winston passes it to the transport. */
function formatterOf(options: LoggerOptions): (info: winston.Logform.TransformableInfo) => typeof info {
  const isText = options.format === "text" || (options.format === "auto" && options.isTerminal);
  const isColoured = options.isColoured ?? options.isTerminal;
  return (info) => {
    const record = info["record"] as LogRecord;
    const line = isText ? textLine(record, isColoured) : jsonLine(record);
    info[LINE] = options.isJournal ? journalLine(record.level, line) : line;
    return info;
  };
}
