import * as Type from "typebox";
import { StatusSchema } from "./instance.ts";
import { textMap } from "../../model/schemas/text-map.ts";

const Value = Type.Union([Type.Number(), Type.Null()]);

export const InstanceMetricsSchema = Type.Object({
  instanceId: Type.Integer(),
  name: Type.String(),
  status: StatusSchema,
  reason: Type.Union([Type.String(), Type.Null()]),
  timestamp: Type.String({ format: "date-time" }),
  cpuUsage: Type.Union([Type.Number(), Type.Null()], { description: "percent" }),
  memoryUsage: Type.Union([Type.Number(), Type.Null()], { description: "percent" }),
  uptime: Type.Union([Type.Number(), Type.Null()], { description: "seconds" }),
  metrics: textMap(Value, { description: "all core metrics by name" }),
});

export const HistorySchema = Type.Object({
  instanceId: Type.Integer(),
  name: Type.String(),
  from: Type.String({ format: "date-time" }),
  to: Type.String({ format: "date-time" }),
  step: Type.Number({ description: "seconds" }),
  resolution: Type.Literal("raw"),
  metrics: Type.Array(Type.String()),
  points: Type.Array(Type.Array(Value), {
    description: "[timestamp in seconds, value, ...] in the order of metrics; steps without rows are omitted",
  }),
});
