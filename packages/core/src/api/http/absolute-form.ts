import type { IncomingMessage } from "node:http";

/** Over plain HTTP, without a user name or a fragment. What does not match stays as it is, and is refused later. */
const ABSOLUTE_FORM = /^http:\/\/(?<authority>[^\s/?#@\\]+)(?<rest>[/?][^#]*)?$/i;

/**
 * The path of a target in absolute form, as clients send it that take the daemon for a proxy (RFC 9112, 3.2.2). The
 * target's authority takes the place of the Host header, so whatever judges Host judges it.
 */
export function takeAbsoluteForm(request: IncomingMessage): string {
  const { url = "" } = request;
  if (url.startsWith("/")) return url;
  const { authority, rest = "/" } = ABSOLUTE_FORM.exec(url)?.groups ?? {};
  if (authority === undefined) return url;
  request.headers.host = authority;
  return rest.startsWith("/") ? rest : `/${rest}`;
}
