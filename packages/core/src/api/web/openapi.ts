import type { SwaggerOptions } from "@fastify/swagger";

/** The frame of `/openapi.json`; the routes fill it. */
export function openapiOptions(version: string): SwaggerOptions {
  return {
    openapi: {
      openapi: "3.1.0",
      info: {
        title: "cloud-monitor",
        version,
        description:
          "Instances, their newest and stored values, and the daemon's own state. Errors are problems as in RFC 9457, " +
          "with a stable code. Of a key given twice in a body the last counts.",
        license: { name: "Apache-2.0", identifier: "Apache-2.0" },
      },
      tags: [
        { name: "instances", description: "Who is watched" },
        { name: "samples", description: "What was measured" },
        { name: "metrics", description: "For Prometheus" },
        { name: "daemon", description: "The daemon itself" },
        { name: "pages", description: "For people" },
      ],
      components: { securitySchemes: { token: { type: "http", scheme: "bearer", description: "API_TOKEN" } } },
    },
    refResolver: { buildLocalReference: ({ $id }) => $id as string },
  };
}
