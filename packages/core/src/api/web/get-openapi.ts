import type { ApiContext } from "../http/context.ts";
import { route } from "../http/route.ts";
import { problems } from "../schemas/problem.ts";

const DOCUMENT = { description: "OpenAPI 3.1", content: { "application/json": { schema: { type: "object" } } } };

export const openapi = (_context: ApiContext) =>
  route({
    method: "GET",
    paths: ["/openapi.json"],
    access: "token",
    operationId: "openapi",
    tag: "pages",
    summary: "The OpenAPI document",
    schema: { response: { 200: DOCUMENT, ...problems(401) } },
    async handler() {
      return this.swagger();
    },
  });
