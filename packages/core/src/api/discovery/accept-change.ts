import type { DiscoverySource } from "@cloud-monitor/client";
import type { ApiContext } from "../http/context.ts";
import { route } from "../http/route.ts";
import { DiscoveryParamsSchema, DiscoverySourceSchema } from "../schemas/discovery.ts";
import { problems } from "../schemas/problem.ts";
import { presentSource } from "./present-source.ts";

export const acceptChange = ({ discovery }: ApiContext) =>
  route({
    method: "POST",
    paths: ["/api/v1/discovery/:name/accept"],
    access: "token",
    operationId: "acceptChange",
    tag: "instances",
    summary: "Apply a source's change that is held because it removes many instances",
    schema: {
      params: DiscoveryParamsSchema,
      response: { 200: DiscoverySourceSchema, ...problems(400, 401, 403, 404, 409, 503) },
    },
    handler: async ({ params }): Promise<DiscoverySource> => {
      const sync = discovery.sync(params.name);
      await sync.accept();
      return presentSource(sync);
    },
  });
