import * as Type from "typebox";
import { choice } from "../../model/schemas/choice.ts";

const Nothing = Type.Null();

export const HealthSchema = Type.Object({
  status: choice(["ok", "degraded"]),
  problems: Type.Array(Type.String()),
  version: Type.String(),
  uptime: Type.Number({ description: "seconds" }),
  instances: Type.Object({
    total: Type.Integer(),
    up: Type.Integer(),
    down: Type.Integer(),
    stale: Type.Integer(),
    pending: Type.Integer(),
    exposed: Type.Integer({ description: "of total; those with series of their own on /metrics" }),
  }),
  storage: Type.Object({
    kind: choice(["postgres", "memory"]),
    available: Type.Boolean(),
    location: Type.String(),
    reason: Type.Union([Type.String(), Nothing]),
  }),
  spool: Type.Object({
    rows: Type.Integer(),
    rowsMax: Type.Integer(),
    oldestSeconds: Type.Union([Type.Number(), Nothing]),
    dropped: Type.Integer(),
  }),
  threads: Type.Object({
    configured: Type.Integer(),
    running: Type.Integer(),
    replaced: Type.Integer(),
    stuck: Type.Integer(),
  }),
});

/** The response for a client without the token. */
export const ShortHealthSchema = Type.Object({ status: choice(["ok", "degraded"]) });
