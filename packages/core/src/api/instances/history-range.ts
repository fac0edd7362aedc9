import { HISTORY_POINTS_MAX, historyPoints } from "../../model/history-store.ts";
import { invalidFields } from "../http/invalid-fields.ts";
import { momentMs } from "../http/formats.ts";

export interface RangeGiven {
  readonly from?: string;
  readonly to?: string;
  /** Whole seconds. */
  readonly step?: string;
}

export interface HistoryRange {
  readonly fromMs: number;
  readonly toMs: number;
  readonly stepMs: number;
}

const RANGE_DEFAULT_MS = 3_600_000;
/** Without a `step`: the width of a chart. */
const POINTS_DEFAULT = 500;

/** By default the last hour, with a step of at least the instance's interval. */
export function historyRange(given: RangeGiven, nowMs: number, intervalSeconds: number): HistoryRange {
  const toMs = given.to === undefined ? nowMs : momentMs(given.to)!;
  const fromMs = given.from === undefined ? toMs - RANGE_DEFAULT_MS : momentMs(given.from)!;
  const fittingSeconds = Math.max(intervalSeconds, Math.ceil((toMs - fromMs) / 1_000 / POINTS_DEFAULT));
  const stepMs = 1_000 * (given.step === undefined ? fittingSeconds : Number(given.step));
  if (fromMs >= toMs) throw invalidFields([{ where: "/query/from", message: "must be before to" }]);
  if (historyPoints({ fromMs, toMs, stepMs }) > HISTORY_POINTS_MAX) {
    const message = `must be wide enough for at most ${HISTORY_POINTS_MAX} points`;
    throw invalidFields([{ where: "/query/step", message }]);
  }
  return { fromMs, toMs, stepMs };
}
