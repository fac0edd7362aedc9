import type { DiscoveredTargetList } from "@cloud-monitor/client";
import type { ApiContext } from "../http/context.ts";
import { LIMITS } from "../http/limits.ts";
import { route } from "../http/route.ts";
import { DiscoveredTargetListSchema, DiscoveryParamsSchema } from "../schemas/discovery.ts";
import { problems } from "../schemas/problem.ts";

export const listTargets = ({ discovery }: ApiContext) =>
  route({
    method: "GET",
    paths: ["/api/v1/discovery/:name/targets"],
    access: "token",
    operationId: "listTargets",
    tag: "instances",
    summary: "What a scrape configuration finds, before and after relabelling",
    schema: {
      params: DiscoveryParamsSchema,
      response: { 200: DiscoveredTargetListSchema, ...problems(400, 401, 404) },
    },
    handler: async ({ params }): Promise<DiscoveredTargetList> => {
      const { source } = discovery.sync(params.name);
      const targets = (await source.targets?.(LIMITS.listMax)) ?? [];
      return {
        items: targets.map(({ discovered, target }) => ({
          discoveredLabels: discovered,
          labels: target?.labels ?? null,
          url: target?.url ?? null,
        })),
      };
    },
  });
