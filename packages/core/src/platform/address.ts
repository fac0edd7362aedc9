import { isIP } from "node:net";

/** RFC 1123, 2.1: letters, digits and inner hyphens; underscores, which container networks use, are accepted. */
const HOST_LABEL = /^[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?$/i;
const HOST_LENGTH_MAX = 253;

/** An IPv4 or IPv6 address without a zone, or a host name. A text that looks like an IPv4 address must be one. */
export function isAddress(text: string): boolean {
  if (isIP(text) !== 0) return !text.includes("%");
  const labels = text.split(".");
  const last = labels.at(-1)!;
  return text.length <= HOST_LENGTH_MAX && labels.every((label) => HOST_LABEL.test(label)) && !/^[0-9]+$/.test(last);
}
