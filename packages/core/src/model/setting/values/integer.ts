import { accepted, REFUSED } from "../value-type.ts";
import type { ValueType } from "../value-type.ts";

/** A whole number in decimal digits, both limits included. */
export function integer(min: number, max: number, noun = "a whole number"): ValueType<number> {
  return {
    wanted: `${noun}, ${min} to ${max}`,
    parse: (text) => {
      const digits = text.trim();
      // Fifteen digits are exact in a double, more could round into the limits.
      if (!/^\d{1,15}$/.test(digits)) return REFUSED;
      const value = Number(digits);
      return value >= min && value <= max ? accepted(value) : REFUSED;
    },
    format: String,
  };
}
