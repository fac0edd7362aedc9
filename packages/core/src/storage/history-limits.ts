import { CloudMonitorError } from "../model/errors.ts";
import { HISTORY_POINTS_MAX, historyPoints } from "../model/history-store.ts";
import type { HistoryQuery } from "../model/history-store.ts";

/** The last day of year 9999: beyond it neither Date nor PostgreSQL's text format works. */
const TIME_MAX_MS = 253_402_300_799_999;

/** Refuses a query that is too expensive or invalid (`REQUEST_INVALID`): the API checks first, this is the second line of defence. */
export function checkHistoryQuery(query: HistoryQuery): void {
  const { fromMs, toMs, stepMs } = query;
  if (!(fromMs >= 0 && fromMs < toMs && toMs <= TIME_MAX_MS)) {
    throw refused("the range is empty or outside the years 1970 to 9999; wanted from < to");
  }
  if (!(Number.isInteger(stepMs) && stepMs >= 1)) throw refused("the step is not a whole number of milliseconds");
  const points = historyPoints(query);
  if (points > HISTORY_POINTS_MAX) {
    throw refused(`the range has ${points} points, at most ${HISTORY_POINTS_MAX} are given; widen the step`);
  }
}

function refused(message: string): CloudMonitorError {
  return new CloudMonitorError("REQUEST_INVALID", message);
}
