import type { DiscoverySourceList } from "@cloud-monitor/client";
import type { ApiContext } from "../http/context.ts";
import { route } from "../http/route.ts";
import { DiscoverySourceListSchema } from "../schemas/discovery.ts";
import { problems } from "../schemas/problem.ts";
import { presentSource } from "./present-source.ts";

export const listSources = ({ discovery }: ApiContext) =>
  route({
    method: "GET",
    paths: ["/api/v1/discovery"],
    access: "token",
    operationId: "listSources",
    tag: "instances",
    summary: "Sources of instances, and changes that wait to be accepted",
    schema: { response: { 200: DiscoverySourceListSchema, ...problems(401) } },
    handler: async (): Promise<DiscoverySourceList> => ({ items: discovery.syncs.map(presentSource) }),
  });
