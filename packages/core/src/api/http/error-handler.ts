import type { FastifyError, FastifyReply, FastifyRequest } from "fastify";
import type { ErrorCode } from "../../model/errors.ts";
import { CloudMonitorError, codeOf, ERRORS, isCloudMonitorError, messageOf } from "../../model/errors.ts";
import type { Logger } from "../../model/logger.ts";
import type { SchemaViolation } from "../../model/schemas/field-errors.ts";
import { fieldErrors } from "../../model/schemas/field-errors.ts";
import { SECURITY_HEADERS } from "../../security/response-headers.ts";
import { invalidFields } from "./invalid-fields.ts";
import { PROBLEM_TYPE, problemOf } from "./problem.ts";

const RETRY_AFTER_SECONDS = 1;
const RETRY_AFTER_STORE_SECONDS = 5;

/** Converts whatever a route, a hook or fastify throws into a problem. Our own defects are logged, and not disclosed. */
export function errorHandler(logger: Logger) {
  return (thrown: unknown, request: FastifyRequest, reply: FastifyReply): void => {
    const error = asCloudMonitorError(thrown);
    const status = ERRORS[error.code].status ?? 500;
    if (status === 500) {
      logger.error("request failed", {
        method: request.method,
        route: request.routeOptions.url ?? "none",
        code: codeOf(thrown),
        error: messageOf(thrown),
        stack: Error.isError(thrown) ? thrown.stack : undefined,
      });
    }
    sendProblem(reply, error);
  };
}

export function sendProblem(reply: FastifyReply, error: CloudMonitorError): void {
  const problem = problemOf(error);
  // Again, because fastify reports an unreadable URL before any hook.
  reply.headers(SECURITY_HEADERS);
  if (problem.status === 503) {
    reply.header("retry-after", error.code === "STORE_UNAVAILABLE" ? RETRY_AFTER_STORE_SECONDS : RETRY_AFTER_SECONDS);
  }
  if (error.code === "COLLECT_TOO_OFTEN") reply.header("retry-after", RETRY_AFTER_SECONDS);
  if (problem.status === 401) reply.header("www-authenticate", "Bearer");
  void reply
    .code(problem.status)
    .type(PROBLEM_TYPE)
    .send(`${JSON.stringify(problem)}\n`);
}

function asCloudMonitorError(thrown: unknown): CloudMonitorError {
  if (isCloudMonitorError(thrown)) return isDefect(thrown) ? withoutWords(thrown.code) : thrown;
  const { validation, validationContext } = thrown as FastifyError;
  if (validation !== undefined) return invalid(validation, validationContext);
  return fromFastify(codeOf(thrown) ?? "", thrown);
}

const PLACES: Readonly<Record<string, string>> = { body: "", querystring: "/query", params: "/path" };

function invalid(violations: readonly SchemaViolation[], context: string | undefined): CloudMonitorError {
  const details = fieldErrors(violations, PLACES[context ?? "body"] ?? "");
  return invalidFields(details);
}

function fromFastify(code: string, cause: unknown): CloudMonitorError {
  switch (code) {
    case "FST_ERR_CTP_BODY_TOO_LARGE":
      return new CloudMonitorError(
        "BODY_TOO_LARGE",
        "The body is larger than this route accepts: 64 KiB, 4 MiB for bulk.",
      );
    case "FST_ERR_CTP_INVALID_MEDIA_TYPE":
    case "FST_ERR_CTP_INVALID_TYPE":
      return new CloudMonitorError("MEDIA_TYPE_UNSUPPORTED", ERRORS.MEDIA_TYPE_UNSUPPORTED.meaning);
    case "FST_ERR_CTP_INVALID_JSON_BODY":
    case "FST_ERR_CTP_INVALID_CONTENT_LENGTH":
      return new CloudMonitorError("REQUEST_MALFORMED", "The body is not valid JSON (RFC 8259), or was truncated.");
    case "FST_ERR_BAD_URL":
      return new CloudMonitorError(
        "REQUEST_MALFORMED",
        "The path has a percent sign that does not begin an escape (RFC 3986).",
      );
    case "FST_ERR_MAX_PARAM_LENGTH":
      return new CloudMonitorError("ROUTE_NOT_FOUND", ERRORS.ROUTE_NOT_FOUND.meaning);
    default:
      return new CloudMonitorError("INTERNAL", ERRORS.INTERNAL.meaning, { cause });
  }
}

/** Codes without a status are startup errors and never belong in a response. */
function isDefect({ code }: CloudMonitorError): boolean {
  return (ERRORS[code].status ?? 500) === 500;
}

/** The message may quote a statement or a path: the client gets the meaning of the code, the log gets the message. */
function withoutWords(code: ErrorCode): CloudMonitorError {
  const known = ERRORS[code].status === null ? "INTERNAL" : code;
  return new CloudMonitorError(known, ERRORS[known].meaning);
}
