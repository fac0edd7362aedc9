import type { Availability, InstanceAvailability } from "@cloud-monitor/client";
import * as Type from "typebox";
import type { Availability as StoredAvailability } from "../../model/event-store.ts";
import type { ApiContext } from "../http/context.ts";
import { momentMs } from "../http/formats.ts";
import { invalidFields } from "../http/invalid-fields.ts";
import { route } from "../http/route.ts";
import { knownInstance } from "../instances/known-instance.ts";
import { AvailabilitySchema, InstanceAvailabilitySchema } from "../schemas/event.ts";
import { InstanceParamsSchema } from "../schemas/instance.ts";
import { MomentSchema } from "../schemas/moment.ts";
import { problems } from "../schemas/problem.ts";

const RANGE_DEFAULT_MS = 86_400_000;

const Query = Type.Object(
  { from: Type.Optional(MomentSchema), to: Type.Optional(MomentSchema) },
  { additionalProperties: false },
);

export const getAvailability = ({ clock, storage }: ApiContext) =>
  route({
    method: "GET",
    paths: ["/api/v1/availability"],
    access: "token",
    operationId: "getAvailability",
    tag: "events",
    summary: "The availability of all instances together; by default of the last 24 hours",
    schema: { querystring: Query, response: { 200: AvailabilitySchema, ...problems(400, 401, 503) } },
    handler: async ({ query }): Promise<Availability> => {
      const range = rangeOf(query, clock.wallMs());
      return present(range, await storage.events.availability({ instanceId: null, ...range }));
    },
  });

export const getInstanceAvailability = ({ clock, fleet, storage }: ApiContext) =>
  route({
    method: "GET",
    paths: ["/api/v1/instances/:id/availability"],
    access: "token",
    operationId: "getInstanceAvailability",
    tag: "events",
    summary: "The availability of an instance; by default of the last 24 hours",
    schema: {
      params: InstanceParamsSchema,
      querystring: Query,
      response: { 200: InstanceAvailabilitySchema, ...problems(400, 401, 404, 503) },
    },
    handler: async ({ params, query }): Promise<InstanceAvailability> => {
      const { id, name } = knownInstance(fleet, params.id);
      const range = rangeOf(query, clock.wallMs());
      const availability = await storage.events.availability({ instanceId: id, ...range });
      return { instanceId: fleet.publicId(id), name, ...present(range, availability) };
    },
  });

interface Range {
  readonly fromMs: number;
  readonly toMs: number;
}

/** Not into the future, of which nothing is known. */
function rangeOf({ from, to }: Type.Static<typeof Query>, nowMs: number): Range {
  const toMs = Math.min(nowMs, to === undefined ? nowMs : momentMs(to)!);
  const fromMs = from === undefined ? toMs - RANGE_DEFAULT_MS : momentMs(from)!;
  if (fromMs >= toMs) throw invalidFields([{ where: "/query/from", message: "must be before to, and in the past" }]);
  return { fromMs, toMs };
}

function present({ fromMs, toMs }: Range, stored: StoredAvailability): Availability {
  const watchedSeconds = stored.upSeconds + stored.downSeconds;
  return {
    from: new Date(fromMs).toISOString(),
    to: new Date(toMs).toISOString(),
    availability: watchedSeconds === 0 ? null : stored.upSeconds / watchedSeconds,
    upSeconds: toMilliseconds(stored.upSeconds),
    downSeconds: toMilliseconds(stored.downSeconds),
    unknownSeconds: toMilliseconds(stored.unknownSeconds),
    outages: stored.outages,
    longestOutageSeconds: toMilliseconds(stored.longestOutageSeconds),
  };
}

/** Sums of seconds are exact only to a rounding error. */
function toMilliseconds(seconds: number): number {
  return Math.round(seconds * 1000) / 1000;
}
