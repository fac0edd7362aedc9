import type { EventList } from "@cloud-monitor/client";
import type { FastifyReply } from "fastify";
import * as Type from "typebox";
import type { Fleet } from "../../fleet/fleet.ts";
import type { EventType } from "../../model/event.ts";
import { EVENT_TYPES } from "../../model/event.ts";
import type { EventPosition } from "../../model/event-store.ts";
import type { ApiContext } from "../http/context.ts";
import { momentMs } from "../http/formats.ts";
import { invalidFields } from "../http/invalid-fields.ts";
import { LIMITS } from "../http/limits.ts";
import { EVENT_STREAM, wantsEventStream } from "../http/negotiate.ts";
import { route } from "../http/route.ts";
import { EventListSchema } from "../schemas/event.ts";
import { MomentSchema } from "../schemas/moment.ts";
import { problems } from "../schemas/problem.ts";
import { repeatable, valuesOf } from "../schemas/repeatable.ts";
import { decodeEventCursor, encodeEventCursor } from "./event-cursor.ts";
import { EventStreams } from "./event-streams.ts";
import { TOPICS_PATTERN, topicsOf, VALUES_IDS_MAX } from "./event-topics.ts";
import { presentEvent } from "./present-event.ts";
import { StreamClient } from "./stream-client.ts";
import type { EventFilter } from "./stream-client.ts";

const ANY_TYPE = `(?:${EVENT_TYPES.join("|")})`;

const Query = Type.Object(
  {
    from: Type.Optional(MomentSchema),
    to: Type.Optional(MomentSchema),
    instance: Type.Optional(
      Type.String({
        pattern: "^(?:0|-?[1-9][0-9]{0,9})$",
        description: "the id of an instance, also of a removed one",
      }),
    ),
    type: Type.Optional(
      repeatable({
        pattern: `^${ANY_TYPE}(?:,${ANY_TYPE}){0,15}$`,
        description: `types, repeated or separated by commas: ${EVENT_TYPES.join(", ")}`,
      }),
    ),
    limit: Type.Optional(
      Type.String({ pattern: "^(?:[1-9][0-9]{0,2}|1000)$", description: `a whole number, 1 to ${LIMITS.listMax}` }),
    ),
    cursor: Type.Optional(Type.String({ maxLength: 128, description: "the nextCursor of the previous page" })),
    topics: Type.Optional(
      Type.String({
        pattern: TOPICS_PATTERN,
        maxLength: 4_096,
        description: `topics of a stream: events, values:<ids> (at most ${VALUES_IDS_MAX}), or both, separated by a comma`,
      }),
    ),
    lastEventId: Type.Optional(
      Type.String({
        pattern: "^[0-9]{1,15}$",
        description: "a whole number: the id of an event after which a stream begins, as the header Last-Event-ID",
      }),
    ),
  },
  { additionalProperties: false },
);

type Given = Type.Static<typeof Query>;

/** Stored events as JSON, or as a stream with what is stored from now on: the request's Accept decides. */
export const listEvents = (context: ApiContext) => {
  const { clock, fleet, httpRecorder, storage, yieldToLoop } = context;
  const onDropped = httpRecorder.countDroppedConnection.bind(httpRecorder);
  const streams = new EventStreams({ events: storage.events, fleet, clock, yieldToLoop, onDropped });
  return route({
    method: "GET",
    paths: ["/api/v1/events"],
    access: "token",
    operationId: "listEvents",
    tag: "events",
    summary: "Stored events, the latest first; with Accept: text/event-stream, a stream",
    schema: { querystring: Query, response: { 200: EventListSchema, ...problems(400, 401, 503) } },
    handler: async ({ headers, method, query }, reply): Promise<EventList | undefined> => {
      reply.header("vary", "Accept");
      if (!wantsEventStream(headers.accept) || method === "HEAD") return list(context, query);
      const { events, values } = topicsOf(query.topics ?? "events");
      const client = new StreamClient({
        response: reply.raw,
        filter: events ? filterOf(fleet, query) : null,
        values: values.map((id) => fleet.resolve(id)),
      });
      await streams.add(client, lastEventId(query.lastEventId ?? headers["last-event-id"]), () => begin(reply));
      return undefined;
    },
  });
};

async function list({ clock, fleet, storage }: ApiContext, query: Given): Promise<EventList> {
  const limit = query.limit === undefined ? LIMITS.listDefault : Number(query.limit);
  const events = await storage.events.list({
    fromMs: query.from === undefined ? 0 : momentMs(query.from)!,
    toMs: query.to === undefined ? clock.wallMs() + 1 : momentMs(query.to)!,
    ...filterOf(fleet, query),
    before: positionOf(query.cursor),
    limit,
  });
  const last = events.at(-1);
  return {
    items: events.map((event) => presentEvent(fleet, event)),
    nextCursor: last === undefined || events.length < limit ? null : encodeEventCursor(last),
  };
}

function filterOf(fleet: Fleet, { instance, type }: Given): EventFilter {
  const types = valuesOf(type).flatMap((text) => text.split(",")) as EventType[];
  return {
    instanceId: instance === undefined ? null : fleet.resolve(Number(instance)),
    types: types.length === 0 ? null : types,
  };
}

/** Null when it is not one; a browser sends back whatever it was sent. */
function lastEventId(text: string | string[] | undefined): number | null {
  const id = /^\d{1,15}$/.test(String(text)) ? Number(text) : Number.NaN;
  return Number.isSafeInteger(id) ? id : null;
}

/** Sends the headers of a response that stays open. */
function begin(reply: FastifyReply): void {
  reply.hijack();
  const headers = { ...reply.getHeaders(), "content-type": EVENT_STREAM, "x-accel-buffering": "no" };
  for (const [name, value] of Object.entries(headers)) if (value !== undefined) reply.raw.setHeader(name, value);
  reply.raw.flushHeaders();
}

function positionOf(cursor: string | undefined): EventPosition | null {
  if (cursor === undefined) return null;
  const position = decodeEventCursor(cursor);
  if (position !== null) return position;
  throw invalidFields([{ where: "/query/cursor", message: "must be the nextCursor of the previous page" }]);
}
