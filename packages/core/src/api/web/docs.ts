import type { FastifyReply } from "fastify";
import * as Type from "typebox";
import { CloudMonitorError } from "../../model/errors.ts";
import { PAGE_POLICY } from "../../security/response-headers.ts";
import type { ApiContext } from "../http/context.ts";
import { DOCS_FILES } from "./docs-files.ts";
import { route } from "../http/route.ts";
import { problems } from "../schemas/problem.ts";

const FILE = { description: "A page, or a file of it.", content: { "*/*": { schema: { type: "string" } } } };

export const docs = (_context: ApiContext) =>
  route({
    method: "GET",
    paths: ["/docs"],
    access: "token",
    operationId: "docs",
    tag: "pages",
    summary: "The OpenAPI document as a page",
    schema: { response: { 200: FILE, ...problems(401) } },
    handler: async (_request, reply) => sendFile(reply as FastifyReply, "index.html"),
  });

export const docsFile = (_context: ApiContext) =>
  route({
    method: "GET",
    paths: ["/docs/:file"],
    access: "token",
    operationId: "docsFile",
    tag: "pages",
    summary: "A file of that page",
    schema: { params: Type.Object({ file: Type.String() }), response: { 200: FILE, ...problems(401, 404) } },
    handler: async ({ params }, reply) => sendFile(reply as FastifyReply, params.file),
  });

async function sendFile(reply: FastifyReply, name: string): Promise<FastifyReply> {
  const file = DOCS_FILES.get(name);
  if (file === undefined) throw new CloudMonitorError("ROUTE_NOT_FOUND", "The page has no such file.");
  const body = await file.read();
  return reply.header("content-security-policy", PAGE_POLICY).header("content-type", file.type).send(body);
}
