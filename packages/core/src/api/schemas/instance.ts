import * as Type from "typebox";
import { INSTANCE_KINDS, INSTANCE_STATUSES } from "../../model/instance.ts";
import { choice } from "../../model/schemas/choice.ts";
import {
  AddressSchema,
  DefinitionNameSchema,
  IntervalSchema,
  LabelsSchema,
  NameSchema,
  SimulationSchema,
  TargetSchema,
} from "../../model/schemas/instance-fields.ts";
import { nullable } from "../../model/schemas/nullable.ts";
import { textMap } from "../../model/schemas/text-map.ts";

export const StatusSchema = choice(INSTANCE_STATUSES);
export const KindSchema = choice(INSTANCE_KINDS);

const Timestamp = Type.String({ format: "date-time", description: "RFC 3339, UTC" });

export const InstanceSchema = Type.Object({
  id: Type.Integer({ description: "0 is the daemon's own host; negative ids are hosts of other daemons" }),
  name: Type.String(),
  ip: Type.String(),
  interval: Type.Integer({ description: "seconds" }),
  kind: KindSchema,
  target: Type.Union([Type.String(), Type.Null()]),
  profile: Type.Union([Type.String(), Type.Null()], { description: "with which its target is connected to" }),
  module: Type.Union([Type.String(), Type.Null()], { description: "with which it is probed" }),
  labels: textMap(Type.String()),
  simulation: Type.Union([SimulationSchema, Type.Null()]),
  source: Type.String({ description: "api, config or discovery:<name>" }),
  status: StatusSchema,
  reason: Type.Union([Type.String(), Type.Null()], { description: "why it is down; null otherwise" }),
  since: Type.String({ format: "date-time", description: "when it got its status; RFC 3339, UTC" }),
  createdAt: Timestamp,
});

export const InstancePatchSchema = Type.Object(
  {
    name: Type.Optional(NameSchema),
    ip: Type.Optional(AddressSchema),
    interval: Type.Optional(IntervalSchema),
    labels: Type.Optional(LabelsSchema),
    target: Type.Optional(nullable(TargetSchema)),
    profile: Type.Optional(nullable(DefinitionNameSchema)),
    module: Type.Optional(nullable(DefinitionNameSchema)),
    simulation: Type.Optional(nullable(SimulationSchema)),
  },
  {
    additionalProperties: false,
    minProperties: 1,
    description: "an object of one or more of name, ip, interval, labels, target, profile, module, simulation",
  },
);

export const InstanceListSchema = Type.Object({
  items: Type.Array(InstanceSchema),
  nextCursor: Type.Union([Type.String(), Type.Null()], { description: "null on the last page" }),
});

export const InstanceParamsSchema = Type.Object({
  id: Type.String({ pattern: "^(?:0|-?[1-9][0-9]{0,9})$", description: "a whole number" }),
});
