import { messageOf } from "../../model/errors.ts";
import { parseDatabaseUrl } from "./database-url.ts";
import { accepted } from "../../model/setting/value-type.ts";
import type { ValueType } from "../../model/setting/value-type.ts";

/** A PostgreSQL connection URI. The error never repeats any part of it. */
export const databaseAddress: ValueType<string> = {
  wanted: "postgresql://user:password@host:5432/database",
  parse: (text) => {
    try {
      parseDatabaseUrl(text.trim());
      return accepted(text.trim());
    } catch (error) {
      return { ok: false, reason: messageOf(error) };
    }
  },
  format: (url) => url,
};
