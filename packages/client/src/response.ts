import type { Answer } from "./transport.ts";
import type { Problem } from "./types.ts";
import { ApiError } from "./api-error.ts";

/** The JSON of a success; undefined when there is no body. Rejects a body that is not JSON, such as a proxy's page. */
export function readJson(answer: Answer): unknown {
  if (answer.text === "") return undefined;
  const value = parse(answer.text);
  if (value === undefined) throw new ApiError(unreadable(answer.status));
  return value;
}

/** The problem of an error response, or one of our own if the response does not follow RFC 9457. */
export function readProblem(answer: Answer): Problem {
  const value = parse(answer.text);
  return isProblem(value) ? value : unreadable(answer.status);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isProblem(value: unknown): value is Problem {
  if (typeof value !== "object" || value === null) return false;
  const problem = value as Partial<Problem>;
  return typeof problem.status === "number" && typeof problem.code === "string" && typeof problem.detail === "string";
}

function unreadable(status: number): Problem {
  return {
    type: "about:blank",
    title: "Unreadable answer",
    status,
    code: "ANSWER_UNREADABLE",
    detail: `the answer (HTTP status ${status}) is not what cloud-monitor sends; check that the address is its own`,
  };
}
