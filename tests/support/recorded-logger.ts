import type { LogFields, Logger, LogLevel } from "../../packages/core/src/model/logger.ts";

/** Records every log record. */
export class RecordedLogger implements Logger {
  readonly #records: { readonly level: LogLevel; readonly message: string; readonly fields: LogFields }[] = [];

  error(message: string, fields: LogFields = {}): void {
    this.#records.push({ level: "error", message, fields });
  }

  warn(message: string, fields: LogFields = {}): void {
    this.#records.push({ level: "warn", message, fields });
  }

  info(message: string, fields: LogFields = {}): void {
    this.#records.push({ level: "info", message, fields });
  }

  debug(message: string, fields: LogFields = {}): void {
    this.#records.push({ level: "debug", message, fields });
  }

  child(): Logger {
    return this;
  }

  messagesOf(level: LogLevel): readonly string[] {
    return this.#records.filter((record) => record.level === level).map(({ message }) => message);
  }

  /** Fields of the records whose message contains `words`. */
  fieldsOf(words: string): readonly LogFields[] {
    return this.#records.filter(({ message }) => message.includes(words)).map(({ fields }) => fields);
  }
}
