import { describe, expect, test } from "@jest/globals";
import { ApiError, type Problem, UnreachableError } from "@cloud-monitor/client";
import { explainError } from "./explain-error.ts";
import { UsageError } from "./usage-error.ts";

function refusal(status: number, code: string, errors?: Problem["errors"], retryAfter: number | null = null) {
  const problem = { type: "about:blank", title: code, status, code, detail: "so it is", ...(errors && { errors }) };
  return new ApiError(problem, retryAfter);
}

describe("explainError", () => {
  test.each([
    [new UsageError("wrong"), 2],
    [refusal(404, "INSTANCE_NOT_FOUND"), 3],
    [refusal(401, "UNAUTHORIZED"), 4],
    [refusal(429, "TOO_MANY_ATTEMPTS"), 4],
    [new UnreachableError("http://127.0.0.1:1", new Error("refused")), 5],
    [new DOMException("aborted", "AbortError"), 130],
    [refusal(409, "INSTANCE_NAME_TAKEN"), 1],
    [new RangeError("a defect"), 1],
  ])("%s ends with exit code %d", (error, exitCode) => {
    expect(explainError(error).exitCode).toBe(exitCode);
  });

  test("names every bad field of a refused request", () => {
    const errors = [
      { pointer: "/interval", detail: "0 is below 1" },
      { pointer: "/ip", detail: "is missing" },
    ];

    expect(explainError(refusal(400, "REQUEST_INVALID", errors)).lines).toEqual([
      "the daemon refused 2 values:",
      "  interval: 0 is below 1",
      "  ip: is missing",
    ]);
  });

  test("says when to try again", () => {
    expect(explainError(refusal(503, "SAMPLE_NOT_YET", undefined, 2)).lines).toEqual(["so it is", "try again in 2 s"]);
  });
});
