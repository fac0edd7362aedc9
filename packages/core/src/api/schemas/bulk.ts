import * as Type from "typebox";
import { INSTANCE_LIMITS } from "../../model/instance.ts";
import { InstanceSchema } from "./instance.ts";
import { ProblemSchema } from "./problem.ts";

/** The items are validated individually, so that each gets its own result. */
export const BulkRequestSchema = Type.Array(Type.Unknown(), {
  minItems: 1,
  maxItems: INSTANCE_LIMITS.bulkMax,
  description: "a list of 1 to 10000 instances",
});

export const BulkResultSchema = Type.Object({
  created: Type.Integer(),
  failed: Type.Integer(),
  results: Type.Array(
    Type.Union([
      Type.Object({ status: Type.Literal(201), instance: InstanceSchema }),
      Type.Object({ status: Type.Integer(), problem: ProblemSchema }),
    ]),
  ),
});

export const BulkRemovalSchema = Type.Object({ removed: Type.Integer() });
