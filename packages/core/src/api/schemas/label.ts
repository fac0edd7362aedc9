import * as Type from "typebox";
import { LIMITS } from "../http/limits.ts";

const Count = Type.Integer();

const LabelValueSchema = Type.Object({
  value: Type.String(),
  total: Count,
  up: Count,
  down: Count,
  stale: Count,
  pending: Count,
});

export const LabelListSchema = Type.Object({
  items: Type.Array(
    Type.Object({
      name: Type.String(),
      valuesTotal: Type.Integer({ description: "number of its values" }),
      values: Type.Array(LabelValueSchema, {
        description: `those of the most instances first, at most ${LIMITS.labelValuesMax}`,
      }),
    }),
  ),
});
