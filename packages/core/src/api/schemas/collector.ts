import * as Type from "typebox";
import { HOST_COLLECTOR_NAMES } from "../../collectors/registry.ts";
import { choice } from "../../model/schemas/choice.ts";

export const CollectorSchema = Type.Object({
  name: Type.String(),
  enabled: Type.Boolean(),
  origin: choice(["default", "setting", "api"]),
  hung: Type.Boolean({ description: "did not return, and is left out until it does in a child process" }),
  lastSuccess: Type.Union([Type.String({ format: "date-time" }), Type.Null()]),
});

export const CollectorListSchema = Type.Object({ items: Type.Array(CollectorSchema) });

const Switch = Type.Optional(Type.Union([Type.Boolean(), Type.Null()], { description: "null: back to the default" }));

export const CollectorChangesSchema = Type.Object(
  {
    collectors: Type.Object(Object.fromEntries(HOST_COLLECTOR_NAMES.map((name) => [name, Switch])), {
      additionalProperties: false,
    }),
  },
  { additionalProperties: false },
);
