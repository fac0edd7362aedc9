import { isAddress } from "../model/address.ts";

const SECONDS = /^[0-9]{1,11}(?:\.[0-9]{1,3})?$/;
const RFC_3339 = /^\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:[Zz]|[+-]\d\d:\d\d)$/;

/** Formats of our own, for the validator. */
export const FORMATS = { address: isAddress, moment: (text: string) => momentMs(text) !== null };

/** A time given as RFC 3339 or as seconds since 1970, in milliseconds; null when it is neither. */
export function momentMs(text: string): number | null {
  if (SECONDS.test(text)) return Math.round(Number(text) * 1_000);
  const parsed = RFC_3339.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(parsed) ? null : parsed;
}
