import { accepted } from "../value-type.ts";
import type { ValueType } from "../value-type.ts";

const LENGTH_MIN = 16;
const LENGTH_MAX = 256;

/** A bearer token: visible ASCII, which needs no encoding in an Authorization header. The error never repeats it. */
export const token: ValueType<string> = {
  wanted: `${LENGTH_MIN} to ${LENGTH_MAX} visible ASCII characters without spaces`,
  parse: (text) => {
    if (text.length < LENGTH_MIN) {
      return { ok: false, reason: `found a token of ${text.length} characters, wanted ${token.wanted}; ${REMEDY}` };
    }
    if (text.length <= LENGTH_MAX && /^[\x21-\x7e]+$/.test(text)) return accepted(text);
    return {
      ok: false,
      reason: `found a token that is too long or has other characters, wanted ${token.wanted}; ${REMEDY}`,
    };
  },
  format: (text) => text,
};

const REMEDY = "openssl rand -hex 32 makes one";
