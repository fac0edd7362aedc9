import * as Type from "typebox";
import { EVENT_TYPES } from "../../model/event.ts";
import { choice } from "../../model/schemas/choice.ts";
import { StatusSchema } from "./instance.ts";

const Timestamp = Type.String({ format: "date-time", description: "RFC 3339, UTC" });

export const EventSchema = Type.Object({
  id: Type.Integer({ description: "increases by 1 in the order of storing" }),
  at: Timestamp,
  type: choice(EVENT_TYPES),
  instanceId: Type.Integer({ description: "of an event of a daemon, its host: 0 for this one" }),
  name: Type.String({ description: "of the instance at that time" }),
  status: Type.Union([StatusSchema, Type.Null()], { description: "the new one; null unless the type is status" }),
  reason: Type.Union([Type.String(), Type.Null()], { description: "why it is down; null otherwise" }),
  details: Type.Union([Type.Object({}, { additionalProperties: true }), Type.Null()], {
    description: "what else is known, by type",
  }),
});

export const EventListSchema = Type.Object({
  items: Type.Array(EventSchema),
  nextCursor: Type.Union([Type.String(), Type.Null()], { description: "null on the last page" }),
});

const availability = {
  from: Timestamp,
  to: Timestamp,
  availability: Type.Union([Type.Number(), Type.Null()], {
    description: "upSeconds / (upSeconds + downSeconds); null when both are 0",
  }),
  upSeconds: Type.Number(),
  downSeconds: Type.Number(),
  unknownSeconds: Type.Number({ description: "nobody watched, or no sample came: neither up nor down" }),
  outages: Type.Integer({ description: "uninterrupted times down" }),
  longestOutageSeconds: Type.Number(),
};

export const AvailabilitySchema = Type.Object(availability);
export const InstanceAvailabilitySchema = Type.Object({
  instanceId: Type.Integer(),
  name: Type.String(),
  ...availability,
});
