import { createHash, timingSafeEqual } from "node:crypto";

/** Whether the Authorization header carries the token as a bearer token (RFC 6750). A token in a URL is ignored: it would end up in logs. */
export function hasToken(authorization: string | undefined, token: string): boolean {
  const given = /^bearer +([\x21-\x7e]+)$/i.exec(authorization ?? "")?.[1];
  return given !== undefined && timingSafeEqual(digest(given), digest(token));
}

/** Equal lengths for timingSafeEqual, without revealing the token's length. */
function digest(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}
