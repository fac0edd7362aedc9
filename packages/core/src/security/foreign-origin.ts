export interface OriginHeaders {
  readonly origin: string | undefined;
  readonly host: string | undefined;
  /** Sec-Fetch-Site: what the browser itself says about the page. */
  readonly fetchSite: string | undefined;
}

/** Scheme, host and port only, as in RFC 6454; `null` and all other schemes are foreign. */
const SERIALIZED_ORIGIN = /^(?<scheme>https?):\/\/[^\s/?#@\\]+$/i;
const AUTHORITY = /^[^\s/?#@\\]+$/;

/**
 * Whether a request comes from a web page of another origin. Browsers send Origin with everything but GET and HEAD;
 * programs send none, and are accepted. The scheme is not compared: behind a proxy that terminates TLS it differs.
 */
export function isForeignOrigin({ origin, host, fetchSite }: OriginHeaders): boolean {
  const site = fetchSite?.toLowerCase();
  if (site === "cross-site") return true;
  if (origin !== undefined) return !isSameHostAndPort(origin, host);
  // Another port of this machine is the same site: without an Origin it cannot be distinguished from our own page.
  return site !== undefined && site !== "same-origin" && site !== "none";
}

/** Both are parsed as in a browser, which normalizes case, default ports, IPv6 notation and international names. */
function isSameHostAndPort(origin: string, host: string | undefined): boolean {
  const scheme = SERIALIZED_ORIGIN.exec(origin)?.groups?.["scheme"];
  if (scheme === undefined || host === undefined || !AUTHORITY.test(host)) return false;
  const from = URL.parse(origin);
  const to = URL.parse(`${scheme}://${host}`);
  return from !== null && to !== null && from.host === to.host;
}
