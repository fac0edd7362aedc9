import type { LogFields, Logger } from "../../model/logger.ts";

export interface LogRecord {
  readonly message: string;
  readonly fields: LogFields;
}

/** A logger that keeps what it is told as an error or a warning, in order. */
export function rememberingLogger(): { readonly logger: Logger; readonly records: readonly LogRecord[] } {
  const records: LogRecord[] = [];
  const remember = (message: string, fields: LogFields = {}) => void records.push({ message, fields });
  const logger: Logger = { error: remember, warn: remember, info: () => {}, debug: () => {}, child: () => logger };
  return { logger, records };
}
