import * as Type from "typebox";
import { METRIC_TYPES } from "../../model/catalogue/definition.ts";
import { choice } from "../../model/schemas/choice.ts";
import { textMap } from "../../model/schemas/text-map.ts";

export const InstanceSeriesSchema = Type.Object({
  instanceId: Type.Integer(),
  name: Type.String(),
  timestamp: Type.Union([Type.String({ format: "date-time" }), Type.Null()], {
    description: "when they were collected; null for an instance without series",
  }),
  families: Type.Array(
    Type.Object({
      name: Type.String(),
      type: choice(METRIC_TYPES),
      help: Type.String(),
      series: Type.Array(
        Type.Object({
          name: Type.String({ description: "that of the family, with `_bucket`, `_sum` or `_count` for a histogram" }),
          labels: textMap(Type.String()),
          value: Type.Union([Type.Number(), Type.String()], {
            description: "a number, or NaN, +Inf or -Inf as a text",
          }),
        }),
      ),
    }),
  ),
});
