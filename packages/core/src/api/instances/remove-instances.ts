import type { BulkRemoval } from "@cloud-monitor/client";
import * as Type from "typebox";
import { hasLabels } from "../../fleet/instance-query.ts";
import type { Instance } from "../../model/instance.ts";
import type { ApiContext } from "../http/context.ts";
import { LabelFilterSchema, labelFilters } from "./label-filter.ts";
import { route } from "../http/route.ts";
import { BulkRemovalSchema } from "../schemas/bulk.ts";
import { problems } from "../schemas/problem.ts";

/** The filter is required, so that a mistake does not remove the whole fleet. Hosts are not affected; if a source manages one of the instances, none is removed. */
export const removeInstances = ({ discovery, fleet, inventory }: ApiContext) =>
  route({
    method: "DELETE",
    paths: ["/api/v1/instances", "/instances"],
    access: "token",
    operationId: "removeInstances",
    tag: "instances",
    summary: "Remove all instances with these labels",
    schema: {
      querystring: Type.Object({ label: LabelFilterSchema }, { additionalProperties: false }),
      response: { 200: BulkRemovalSchema, ...problems(400, 401, 409, 503) },
    },
    handler: async ({ query }): Promise<BulkRemoval> => {
      const labels = labelFilters(query.label);
      const found: Instance[] = [];
      for (const instance of fleet.instances()) {
        if (instance.kind !== "host" && hasLabels(instance, labels)) found.push(instance);
      }
      discovery.refuseManaged(found);
      return { removed: found.length === 0 ? 0 : await inventory.remove(found.map(({ id }) => id)) };
    },
  });
