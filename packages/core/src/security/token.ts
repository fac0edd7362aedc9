import { createHash, timingSafeEqual } from "node:crypto";

/** Whether the Authorization header carries the token as a bearer (RFC 6750). Nothing else is looked at: a token in a URL ends in logs. */
export function hasToken(authorization: string | undefined, token: string): boolean {
  const given = /^bearer +([\x21-\x7e]+)$/i.exec(authorization ?? "")?.[1];
  return given !== undefined && timingSafeEqual(digest(given), digest(token));
}

/** Equal lengths for timingSafeEqual, and no hint at the token's own length. */
function digest(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}
