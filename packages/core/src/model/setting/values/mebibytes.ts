import type { ValueType } from "../value-type.ts";
import { scaled } from "./scaled.ts";

/** `256MiB`, `2GiB`; the value is in MiB. */
export function mebibytes(min: number, max: number): ValueType<number> {
  const units = [
    ["MiB", 1],
    ["GiB", 1024],
  ] as const;
  return scaled({ noun: "a size", example: "256MiB or 1GiB", units, min, max });
}
