import { isAddress } from "../../platform/address.ts";
import { parseRfc3339 } from "../../model/rfc-3339.ts";

const SECONDS = /^[0-9]{1,11}(?:\.[0-9]{1,3})?$/;

/** Our own formats, for the validator. */
export const FORMATS = { address: isAddress, moment: (text: string) => momentMs(text) !== null };

/** A time given as RFC 3339 or as seconds since 1970, in milliseconds; null when it is neither. */
export function momentMs(text: string): number | null {
  if (SECONDS.test(text)) return Math.round(Number(text) * 1_000);
  return parseRfc3339(text);
}
