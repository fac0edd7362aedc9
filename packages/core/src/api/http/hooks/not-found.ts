import type { FastifyReply, FastifyRequest } from "fastify";
import { CloudMonitorError } from "../../../model/errors.ts";
import { sendProblem } from "../error-handler.ts";
import type { Route } from "../route.ts";

/** 405 with `Allow` if the path is known, else 404. */
export function notFoundHandler(routes: readonly Route[]) {
  const methodsByPath = new Map<string, Set<string>>();
  for (const { method, paths } of routes) {
    for (const path of paths) {
      const methods = methodsByPath.get(path) ?? new Set<string>();
      methodsByPath.set(path, methods.add(method));
      if (method === "GET") methods.add("HEAD");
    }
  }
  const known = [...methodsByPath].map(([path, methods]) => ({ pattern: patternOf(path), methods: [...methods] }));

  return (request: FastifyRequest, reply: FastifyReply): void => {
    const path = request.url.split("?", 1)[0]!;
    const methods = known.filter(({ pattern }) => pattern.test(path)).flatMap((match) => match.methods);
    if (methods.length === 0) {
      return sendProblem(
        reply,
        new CloudMonitorError("ROUTE_NOT_FOUND", "No route has this path; /openapi.json lists them."),
      );
    }
    const allow = [...new Set(methods)].sort().join(", ");
    reply.header("allow", allow);
    sendProblem(reply, new CloudMonitorError("METHOD_NOT_ALLOWED", `This path supports ${allow}.`));
  };
}

/**
 * Responds as soon as it is known that no route matches. Later, fastify would check the body first: it requires one for
 * QUERY, and reports that with its own error.
 */
export function refuseUnknown(answer: ReturnType<typeof notFoundHandler>) {
  return async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply | undefined> => {
    if (!request.is404) return undefined;
    answer(request, reply);
    return reply;
  };
}

function patternOf(path: string): RegExp {
  const parts = path.split("/").map((part) => (part.startsWith(":") ? "[^/]+" : part.replaceAll(".", "\\.")));
  return new RegExp(`^${parts.join("/")}$`);
}
