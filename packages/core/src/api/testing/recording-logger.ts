import type { LogFields, Logger } from "../../model/logger.ts";

export interface LogRecord {
  readonly message: string;
  readonly fields: LogFields;
}

/** A logger that records errors and warnings, in order. */
export function recordingLogger(): { readonly logger: Logger; readonly records: readonly LogRecord[] } {
  const records: LogRecord[] = [];
  const remember = (message: string, fields: LogFields = {}) => void records.push({ message, fields });
  const logger: Logger = { error: remember, warn: remember, info: () => {}, debug: () => {}, child: () => logger };
  return { logger, records };
}
