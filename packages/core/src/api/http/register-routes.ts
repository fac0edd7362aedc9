import type { FastifyInstance } from "fastify";
import type { Route } from "./route.ts";

/** Registers every path of every route; the OpenAPI document has the canonical one. */
export function registerRoutes(server: FastifyInstance, routes: readonly Route[]): void {
  for (const { method, paths, access, openPaths, bodyBytesMax, schema, handler, ...words } of routes) {
    const { operationId, tag, summary } = words;
    const security = access === "open" ? [] : [{ token: [] }];
    paths.forEach((url, index) =>
      server.route({
        method,
        url,
        handler,
        config: { access: openPaths?.includes(url) === true ? "open" : access },
        schema: { ...schema, operationId, summary, tags: [tag], security, hide: index > 0 },
        ...(bodyBytesMax !== undefined && { bodyLimit: bodyBytesMax }),
      }),
    );
  }
}
