import type { AddressInfo } from "node:net";
import { networkInterfaces } from "node:os";
import swagger from "@fastify/swagger";
import Fastify from "fastify";
import type { FastifyInstance } from "fastify";
import { SECURITY_HEADERS } from "../../security/response-headers.ts";
import { FailedAttempts } from "../../security/failed-attempts.ts";
import { takeAbsoluteForm } from "./absolute-form.ts";
import { respondClientError } from "./client-error.ts";
import { Connections } from "./connections.ts";
import type { ApiContext } from "./context.ts";
import { errorHandler } from "./error-handler.ts";
import { ALL_ADDRESSES, listenAddressOf } from "../../model/setting/values/listen-addresses.ts";
import type { ListenAddress } from "../../model/setting/values/listen-addresses.ts";
import { FORMATS } from "./formats.ts";
import { authenticate } from "./hooks/authenticate.ts";
import { notFoundHandler, refuseUnknown } from "./hooks/not-found.ts";
import { refuseBeforeReady } from "./hooks/refuse-before-ready.ts";
import { refuseForeignOrigins } from "./hooks/refuse-foreign-origins.ts";
import { refuseOddRequests } from "./hooks/refuse-odd-requests.ts";
import { refuseTrailingSlash } from "./hooks/refuse-trailing-slash.ts";
import { takeJsonBodies } from "./json-body.ts";
import { LIMITS } from "./limits.ts";
import { listenError } from "./listen-error.ts";
import type { AddressSettings } from "./listen-error.ts";
import { OpenResponses } from "./open-responses.ts";
import { openapiOptions } from "../web/openapi.ts";
import { registerRoutes } from "./register-routes.ts";
import type { Route } from "./route.ts";
import { allRoutes, metricsRoutes } from "../all.ts";
import { ProblemSchema } from "../schemas/problem.ts";

export interface ApiServer {
  /** Listens on the configured address. Throws `LISTEN_FAILED`. */
  listen(): Promise<{ host: string; port: number }>;
  /** Closes all connections; idempotent, and safe without listen(). */
  close(): Promise<void>;
  /** A request without a socket. */
  readonly inject: FastifyInstance["inject"];
}

/** The HTTP server with every route, not yet listening. */
export function createServer(context: ApiContext): ApiServer {
  return serverOf(context, {
    address: context.config().http,
    settings: { host: "HTTP_HOST", port: "HTTP_PORT" },
    routes: allRoutes(context),
    apiToken: () => context.config().http.apiToken,
    hasOpenapi: true,
  });
}

/** The HTTP servers that serve only the metrics: one per configured address, not yet listening. Their routes need no token. */
export function createMetricsServers(context: ApiContext): readonly ApiServer[] {
  const { listenAddresses } = context.config().metrics;
  const routes = listenAddresses.length === 0 ? [] : metricsRoutes(context);
  const settings = { host: "--web.listen-address", port: "--web.listen-address" };
  return listenAddresses.map((text) =>
    serverOf(context, {
      address: listenAddressOf(text),
      settings,
      routes,
      apiToken: () => null,
      hasOpenapi: false,
    }),
  );
}

interface ServerPlan {
  readonly address: ListenAddress;
  readonly settings: AddressSettings;
  readonly routes: readonly Route[];
  readonly apiToken: () => string | null;
  readonly hasOpenapi: boolean;
}

function serverOf(context: ApiContext, plan: ServerPlan): ApiServer {
  const { clock, httpRecorder } = context;
  const onDropped = httpRecorder.countDroppedConnection.bind(httpRecorder);
  const answers = new OpenResponses({ clock, onDropped });
  const server = buildServer(context, plan, answers);
  limitConnections(server, new Connections({ clock, onDropped }), () => onDropped("refused"));
  return {
    listen: () => listen(server, plan),
    async close() {
      await server.close();
      answers.stop();
    },
    inject: server.inject.bind<FastifyInstance["inject"]>(server),
  };
}

function buildServer(context: ApiContext, plan: ServerPlan, answers: OpenResponses): FastifyInstance {
  const handleError = errorHandler(context.logger);
  const server = Fastify({ ...SERVER_OPTIONS, frameworkErrors: handleError });
  // One more than allowed: Node drops headers beyond its limit, and the additional one shows that there were too many.
  server.server.maxHeadersCount = LIMITS.headersMax + 1;
  takeJsonBodies(server);
  // Responses are typed by the compiler and checked in tests; another serializer would cost memory and startup time.
  // The line break is for terminals.
  server.setSerializerCompiler(() => (answer) => `${JSON.stringify(answer)}\n`);
  server.addSchema({ $id: "Problem", ...ProblemSchema });
  const respondNotFound = notFoundHandler(plan.routes);
  addHooks(server, context, plan);
  server.addHook("onRequest", refuseUnknown(respondNotFound));
  server.addHook("onSend", async (_request, reply, payload) => answers.add(reply, payload));
  server.setErrorHandler(handleError);
  server.setNotFoundHandler(respondNotFound);
  if (plan.hasOpenapi) void server.register(swagger, openapiOptions(context.version));
  server.after(() => registerRoutes(server, plan.routes));
  return server;
}

function limitConnections({ server }: FastifyInstance, connections: Connections, onRefused: () => void): void {
  // Connections that were just closed still count until the next event-loop turn.
  server.maxConnections = 2 * LIMITS.connectionsMax;
  server.on("drop", onRefused);
  server.on("connection", (socket) => connections.add(socket));
  server.on("request", (request, response) => connections.begin(request, response));
}

function addHooks(server: FastifyInstance, { clock, httpRecorder, isOpen }: ApiContext, plan: ServerPlan): void {
  server.addHook("onRequest", async (_request, reply) => {
    reply.headers(SECURITY_HEADERS);
  });
  server.addHook("onRequest", refuseOddRequests(plan.address.host));
  server.addHook("onRequest", refuseForeignOrigins);
  server.addHook("onRequest", authenticate(plan.apiToken, new FailedAttempts(clock)));
  server.addHook("onRequest", refuseTrailingSlash);
  server.addHook("onRequest", refuseBeforeReady(isOpen));
  server.addHook("onResponse", async ({ method, routeOptions }, reply) => {
    const seconds = reply.elapsedTime / 1_000;
    httpRecorder.observe({ route: routeOptions.url ?? "none", method, status: reply.statusCode, seconds });
  });
}

async function listen(server: FastifyInstance, { address: wanted, settings }: ServerPlan) {
  try {
    await server.listen({ host: boundHost(wanted), port: wanted.port });
  } catch (error) {
    throw listenError(error, wanted, settings);
  }
  const { address, port } = server.server.address() as AddressInfo;
  return { host: address, port };
}

/** A machine without IPv6 has only the other kind of all addresses. */
function boundHost({ host }: ListenAddress): string {
  const hasIPv6 = Object.values(networkInterfaces()).some((all) => all?.some(({ family }) => family === "IPv6"));
  return host === ALL_ADDRESSES && !hasIPv6 ? "0.0.0.0" : host;
}

const SERVER_OPTIONS = {
  bodyLimit: LIMITS.bodyBytesMax,
  connectionTimeout: LIMITS.idleTimeoutMs,
  keepAliveTimeout: LIMITS.keepAliveMs,
  requestTimeout: LIMITS.requestTimeoutMs,
  maxRequestsPerSocket: LIMITS.requestsPerConnectionMax,
  forceCloseConnections: true,
  // Fastify's own response while closing is not a problem document; connections are closed at once instead.
  return503OnClosing: false,
  clientErrorHandler: respondClientError,
  rewriteUrl: takeAbsoluteForm,
  http: {
    maxHeaderSize: LIMITS.headerBytesMax,
    headersTimeout: LIMITS.headersTimeoutMs,
    requestTimeout: LIMITS.requestTimeoutMs,
    connectionsCheckingInterval: LIMITS.connectionsCheckMs,
    keepAliveTimeout: LIMITS.keepAliveMs,
  },
  ajv: {
    customOptions: {
      coerceTypes: false,
      useDefaults: false,
      removeAdditional: false,
      allErrors: true,
      verbose: true,
      allowUnionTypes: true,
      formats: FORMATS,
    },
  },
} as const;
