import type { SwaggerOptions } from "@fastify/swagger";

/** The frame of `/openapi.json`, which the routes complete. */
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
        { name: "instances", description: "Monitored instances" },
        { name: "samples", description: "Collected values" },
        { name: "events", description: "What happened, and availability" },
        { name: "metrics", description: "For Prometheus" },
        { name: "daemon", description: "The daemon itself" },
        { name: "pages", description: "Pages for browsers" },
      ],
      components: { securitySchemes: { token: { type: "http", scheme: "bearer", description: "API_TOKEN" } } },
    },
    refResolver: { buildLocalReference: ({ $id }) => $id as string },
  };
}
