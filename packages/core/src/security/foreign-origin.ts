export interface OriginHeaders {
  readonly origin: string | undefined;
  readonly host: string | undefined;
  /** Sec-Fetch-Site: what the browser itself says of the page. */
  readonly fetchSite: string | undefined;
}

/** Scheme, host and port and nothing else, as RFC 6454 has it; `null` and every other scheme are foreign. */
const SERIALIZED_ORIGIN = /^(?<scheme>https?):\/\/[^\s/?#@\\]+$/i;
const AUTHORITY = /^[^\s/?#@\\]+$/;

/**
 * Whether a request comes from a web page of another origin. Browsers send Origin with everything but GET and HEAD;
 * programs send none, and are let pass. The scheme is not compared: behind a proxy that ends TLS it differs.
 */
export function isForeignOrigin({ origin, host, fetchSite }: OriginHeaders): boolean {
  const site = fetchSite?.toLowerCase();
  if (site === "cross-site") return true;
  if (origin !== undefined) return !isSameHostAndPort(origin, host);
  // Another port of this machine is the same site: without an Origin nothing tells it from our own page.
  return site !== undefined && site !== "same-origin" && site !== "none";
}

/** Both parsed as a browser does: case, default ports, spellings of IPv6 and international names fall together. */
function isSameHostAndPort(origin: string, host: string | undefined): boolean {
  const scheme = SERIALIZED_ORIGIN.exec(origin)?.groups?.["scheme"];
  if (scheme === undefined || host === undefined || !AUTHORITY.test(host)) return false;
  const from = URL.parse(origin);
  const to = URL.parse(`${scheme}://${host}`);
  return from !== null && to !== null && from.host === to.host;
}
