import { expect, test } from "@jest/globals";
import type * as Client from "@cloud-monitor/client";
import type { Static } from "typebox";
import type { BulkRemovalSchema, BulkResultSchema } from "./bulk.ts";
import type { DryRunSchema } from "./dry-run.ts";
import type { HealthSchema } from "./health.ts";
import type { NewInstanceSchema } from "../../model/schemas/new-instance.ts";
import type { DiscoverySourceListSchema } from "./discovery.ts";
import type { InstanceListSchema, InstancePatchSchema, InstanceSchema } from "./instance.ts";
import type { ProblemSchema } from "./problem.ts";
import type { InstanceSeriesSchema } from "./series.ts";
import type { HistorySchema, InstanceMetricsSchema } from "./samples.ts";

/** `true` only if the types are equal. */
type Same<A, B> = [A] extends [B] ? ([B] extends [A] ? true : false) : false;

const same = <T extends true>(value: T): T => value;

// Checked by the compiler: a schema that differs from the client's types does not build.
const equalities = [
  same<Same<Static<typeof InstanceSchema>, Client.Instance>>(true),
  same<Same<Static<typeof NewInstanceSchema>, Client.NewInstance>>(true),
  same<Same<Static<typeof InstancePatchSchema>, Client.InstancePatch>>(true),
  same<Same<Static<typeof InstanceListSchema>, Client.InstanceList>>(true),
  same<Same<Static<typeof BulkResultSchema>, Client.BulkResult>>(true),
  same<Same<Static<typeof BulkRemovalSchema>, Client.BulkRemoval>>(true),
  same<Same<Static<typeof InstanceMetricsSchema>, Client.InstanceMetrics>>(true),
  same<Same<Static<typeof HistorySchema>, Client.History>>(true),
  same<Same<Static<typeof InstanceSeriesSchema>, Client.InstanceSeries>>(true),
  same<Same<Static<typeof DryRunSchema>, Client.DryRun>>(true),
  same<Same<Static<typeof DiscoverySourceListSchema>, Client.DiscoverySourceList>>(true),
  same<Same<Static<typeof HealthSchema>, Client.Health>>(true),
  same<Same<Static<typeof ProblemSchema>, Client.Problem>>(true),
];
const difference: Same<{ a: number }, { a?: number }> = false;

test("the schemas of the API and the types of its client are the same", () => {
  expect([...equalities, difference]).toEqual([...equalities.map(() => true), false]);
});
