import type { ValueType } from "../value-type.ts";
import { scaled } from "./scaled.ts";
import type { Units } from "./scaled.ts";

/** `250ms`, `10s`, `5m`, `24h`, `14d`; the value is in milliseconds. */
export function duration(minMs: number, maxMs: number): ValueType<number> {
  return scaled({ noun: "a duration", example: "10s, 5m or 250ms", units: UNITS, min: minMs, max: maxMs });
}

const UNITS: Units = [
  ["ms", 1],
  ["s", 1000],
  ["m", 60_000],
  ["h", 3_600_000],
  ["d", 86_400_000],
];
