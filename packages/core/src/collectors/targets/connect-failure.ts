import { codeOf, messageOf } from "../../model/errors.ts";
import { CollectFailure } from "../../model/failure.ts";

/** The failure of a connection, in words that name the target. */
export function connectFailure(host: string, error: unknown, signal: AbortSignal | null): CollectFailure {
  if (error instanceof CollectFailure) return error;
  const failure = (reason: CollectFailure["reason"], message: string) =>
    new CollectFailure(reason, message, { cause: error });
  if (signal?.aborted) return failure("timeout", `${host} did not respond in time`);
  switch (codeOf(error) ?? "") {
    case "ECONNREFUSED":
      return failure("refused", `${host} refused the connection`);
    case "ENETUNREACH":
    case "EHOSTUNREACH":
      return failure("unreachable", `${host} cannot be reached`);
    case "UND_ERR_CONNECT_TIMEOUT":
    case "ETIMEDOUT":
    case "UND_ERR_HEADERS_TIMEOUT":
    case "UND_ERR_BODY_TIMEOUT":
      return failure("timeout", `${host} did not respond in time`);
    default:
      return failure("unreachable", `${host}: ${messageOf(error)}`);
  }
}
