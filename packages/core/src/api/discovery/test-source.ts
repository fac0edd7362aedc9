import type { DiscoveryTest } from "@cloud-monitor/client";
import type { ApiContext } from "../http/context.ts";
import { route } from "../http/route.ts";
import { DiscoveryParamsSchema, DiscoveryTestSchema } from "../schemas/discovery.ts";
import { problems } from "../schemas/problem.ts";

export const testSource = ({ discovery }: ApiContext) =>
  route({
    method: "POST",
    paths: ["/api/v1/discovery/:name/test"],
    access: "token",
    operationId: "testSource",
    tag: "instances",
    summary: "Ask a scrape configuration now, and say what would change; nothing is changed",
    schema: { params: DiscoveryParamsSchema, response: { 200: DiscoveryTestSchema, ...problems(400, 401, 403, 404) } },
    handler: async ({ params }): Promise<DiscoveryTest> => {
      const { isHeld, problems: found, ...counts } = await discovery.sync(params.name).look();
      return { ...counts, held: isHeld, problems: [...found] };
    },
  });
