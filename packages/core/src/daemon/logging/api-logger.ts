import type { Clock } from "../../model/clock.ts";
import type { Logger } from "../../model/logger.ts";
import { rateLimited } from "./rate-limited-logger.ts";

/** A client can cause a failure with every request: each kind of failure per route is logged once in ten seconds. */
export function apiLogger(logger: Logger, clock: Clock): Logger {
  return rateLimited(logger, clock, { everyMs: 10_000, keyFields: ["method", "route", "code"] });
}
