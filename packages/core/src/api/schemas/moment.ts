import * as Type from "typebox";

/** A point in time in a query. */
export const MomentSchema = Type.String({
  maxLength: 64,
  format: "moment",
  description: "a time as in RFC 3339 (2026-01-31T12:00:00Z), or seconds since 1970",
});
