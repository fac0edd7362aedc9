import { isIP } from "node:net";

const SECONDS = /^[0-9]{1,11}(?:\.[0-9]{1,3})?$/;
const RFC_3339 = /^\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:[Zz]|[+-]\d\d:\d\d)$/;
/** RFC 1123, 2.1: letters, digits and inner hyphens; underscores, which container networks use, are let pass. */
const HOST_LABEL = /^[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?$/i;
const HOST_LENGTH_MAX = 253;

/** Formats of our own, for the validator. */
export const FORMATS = { address: isAddress, moment: (text: string) => momentMs(text) !== null };

/** An IPv4 or IPv6 address without a zone, or a host name. What looks like an IPv4 address must be one. */
export function isAddress(text: string): boolean {
  if (isIP(text) !== 0) return !text.includes("%");
  const labels = text.split(".");
  const last = labels.at(-1)!;
  return text.length <= HOST_LENGTH_MAX && labels.every((label) => HOST_LABEL.test(label)) && !/^[0-9]+$/.test(last);
}

/** A time given as RFC 3339 or as seconds since 1970, in milliseconds; null when it is neither. */
export function momentMs(text: string): number | null {
  if (SECONDS.test(text)) return Math.round(Number(text) * 1_000);
  const parsed = RFC_3339.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(parsed) ? null : parsed;
}
