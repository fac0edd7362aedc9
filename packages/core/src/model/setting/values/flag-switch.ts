import { accepted, REFUSED } from "../value-type.ts";
import type { ValueType } from "../value-type.ts";

/** A boolean. */
export const flagSwitch: ValueType<boolean> = {
  wanted: "true or false",
  isSwitch: true,
  parse: (text) => {
    const word = text.trim().toLowerCase();
    if (YES.includes(word)) return accepted(true);
    return NO.includes(word) ? accepted(false) : REFUSED;
  },
  format: String,
};

const YES: readonly string[] = ["true", "yes", "on", "1"];
const NO: readonly string[] = ["false", "no", "off", "0"];
