import type { Clock } from "../../model/clock.ts";
import type { Logger } from "../../model/logger.ts";
import { rateLimited } from "./rate-limited-logger.ts";

/** A client may cause as many failures as it sends requests: each kind of failure of a route is one line in ten seconds. */
export function apiLogger(logger: Logger, clock: Clock): Logger {
  return rateLimited(logger, clock, { everyMs: 10_000, keyFields: ["method", "route", "code"] });
}
