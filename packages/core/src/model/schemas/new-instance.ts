import * as Type from "typebox";
import type { InstanceKind } from "../instance.ts";
import { choice } from "./choice.ts";
import {
  AddressSchema,
  DefinitionNameSchema,
  IntervalSchema,
  LabelsSchema,
  NameSchema,
  SimulationSchema,
  TargetSchema,
} from "./instance-fields.ts";

/** Of instances that a user may add. */
const NEW_INSTANCE_KINDS = ["simulated", "scrape", "probe"] as const satisfies readonly InstanceKind[];

export const NewInstanceSchema = Type.Object(
  {
    name: NameSchema,
    ip: AddressSchema,
    interval: Type.Optional(IntervalSchema),
    kind: Type.Optional(choice(NEW_INSTANCE_KINDS)),
    target: Type.Optional(TargetSchema),
    profile: Type.Optional(DefinitionNameSchema),
    module: Type.Optional(DefinitionNameSchema),
    labels: Type.Optional(LabelsSchema),
    simulation: Type.Optional(SimulationSchema),
  },
  {
    additionalProperties: false,
    description: "an object of name, ip, interval, kind, target, profile, module, labels, simulation",
  },
);
