import { isCloudMonitorError } from "../../model/errors.ts";
import type { ErrorCode } from "../../model/errors.ts";

/** 0 stopped on request, 1 failure, 2 something that the operator must change before another start can succeed. */
export type ExitCode = 0 | 1 | 2;

const OPERATOR_MUST_ACT: readonly ErrorCode[] = [
  "CONFIG_INVALID",
  "STATE_DIR_UNWRITABLE",
  "STORE_BINARIES_MISSING",
  "STORE_CREDENTIALS_REFUSED",
  "STORE_DATA_FOREIGN",
  "STORE_SCHEMA_NEWER",
  "STORE_UNSUITABLE",
  "STORE_URL_INVALID",
];

export function exitCodeOf(error: unknown): ExitCode {
  return isCloudMonitorError(error) && OPERATOR_MUST_ACT.includes(error.code) ? 2 : 1;
}
