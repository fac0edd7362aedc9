import type { IncomingMessage } from "node:http";

/** Over plain HTTP, without a user name or a fragment. Other targets are unchanged, and refused later. */
const ABSOLUTE_FORM = /^http:\/\/(?<authority>[^\s/?#@\\]+)(?<rest>[/?][^#]*)?$/i;

/**
 * The path of a target in absolute form, as sent by clients that treat the daemon as a proxy (RFC 9112, 3.2.2). The
 * target's authority replaces the Host header, so all checks of Host apply to it.
 */
export function takeAbsoluteForm(request: IncomingMessage): string {
  const { url = "" } = request;
  if (url.startsWith("/")) return url;
  const { authority, rest = "/" } = ABSOLUTE_FORM.exec(url)?.groups ?? {};
  if (authority === undefined) return url;
  request.headers.host = authority;
  return rest.startsWith("/") ? rest : `/${rest}`;
}
