export const LOG_LEVELS = ["error", "warn", "info", "debug"] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** Fields of a record. Values must be cloneable: records of a shard are sent to the main thread. */
export type LogFields = Readonly<Record<string, unknown>>;

/**
 * The logger of all components. A record is a message plus fields; fields are never interpolated into the message,
 * so a hostile name cannot forge a line. No call per sample: count instead.
 */
export interface Logger {
  error(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  debug(message: string, fields?: LogFields): void;
  /** The same sink under another `component`. */
  child(component: string): Logger;
}

const nothing = () => {};

/** For tests, and for components that do not log. */
export const silentLogger: Logger = {
  error: nothing,
  warn: nothing,
  info: nothing,
  debug: nothing,
  child: () => silentLogger,
};
