import type { ApiContext } from "../http/context.ts";
import { LANDING_POLICY, landingPage } from "./landing-page.ts";
import { route } from "../http/route.ts";
import { problems } from "../schemas/problem.ts";

const PAGE = { description: "A page with links.", content: { "text/html": { schema: { type: "string" } } } };

export const landing = ({ version }: ApiContext) =>
  route({
    method: "GET",
    paths: ["/"],
    access: "token",
    operationId: "landing",
    tag: "pages",
    summary: "Links",
    schema: { response: { 200: PAGE, ...problems(401) } },
    handler: async (_request, reply) =>
      reply
        .header("content-security-policy", LANDING_POLICY)
        .header("content-type", "text/html; charset=utf-8")
        .send(landingPage(version)),
  });
