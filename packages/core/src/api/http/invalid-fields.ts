import type { ErrorDetail } from "../../model/errors.ts";
import { CloudMonitorError } from "../../model/errors.ts";

/** The error for a request with invalid fields, at least one. */
export function invalidFields(details: readonly ErrorDetail[]): CloudMonitorError {
  const { length } = details;
  const sentence = length === 1 ? "One field is invalid; see errors." : `${length} fields are invalid; see errors.`;
  return new CloudMonitorError("REQUEST_INVALID", sentence, { details });
}
