import { describe, expect, it } from "@jest/globals";
import type { LogFields, Logger } from "../../model/logger.ts";
import { ManualClock } from "../../model/testing/manual-clock.ts";
import { rateLimited } from "./rate-limited-logger.ts";
import type { RateLimit } from "./rate-limited-logger.ts";

function rig(limit: Partial<RateLimit> = {}) {
  const records: [string, string, LogFields | undefined][] = [];
  const record = (level: string) => (message: string, fields?: LogFields) =>
    void records.push([level, message, fields]);
  const sink: Logger = {
    error: record("error"),
    warn: record("warn"),
    info: record("info"),
    debug: record("debug"),
    child: () => sink,
  };
  const clock = new ManualClock();
  return { logger: rateLimited(sink, clock, { everyMs: 60_000, ...limit }), clock, records };
}

describe("a rate-limited logger", () => {
  it("writes the same record once per period, then says how many were dropped", () => {
    const { logger, clock, records } = rig();

    for (let i = 0; i < 1000; i++) logger.warn("a collector failed");
    clock.advance(60_000);
    logger.warn("a collector failed", { collector: "cpu" });

    expect(records).toEqual([
      ["warn", "a collector failed", {}],
      ["warn", "a collector failed", { collector: "cpu", suppressed: 999 }],
    ]);
  });

  it("distinguishes records by component, level, message and the given fields", () => {
    const { logger, records } = rig({ keyFields: ["collector"] });

    for (let i = 0; i < 2; i++) {
      logger.warn("failed", { collector: "cpu", attempt: i });
      logger.warn("failed", { collector: "disk" });
      logger.error("failed", { collector: "cpu" });
      logger.warn("slow", { collector: "cpu" });
      logger.child("other").warn("failed", { collector: "cpu" });
    }

    expect(records).toHaveLength(5);
  });

  it("remembers a bounded number of records", () => {
    const { logger, records } = rig({ keysMax: 2 });

    for (const message of ["a", "b", "c", "c", "b", "a"]) logger.info(message);

    expect(records.map(([, message]) => message)).toEqual(["a", "b", "c", "a"]);
  });
});
