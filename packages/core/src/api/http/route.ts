import type { IncomingMessage, ServerResponse } from "node:http";
import type { TypeBoxTypeProvider } from "@fastify/type-provider-typebox";
import type {
  ContextConfigDefault,
  FastifySchema,
  RawServerDefault,
  RouteGenericInterface,
  RouteHandlerMethod,
} from "fastify";

declare module "fastify" {
  interface FastifyContextConfig {
    access?: Access;
  }
}

type Handler<S extends FastifySchema> = RouteHandlerMethod<
  RawServerDefault,
  IncomingMessage,
  ServerResponse,
  RouteGenericInterface,
  ContextConfigDefault,
  S,
  TypeBoxTypeProvider
>;

/** Who may call a route when a token is set. `open`: everyone. `admin`: like `token`; without a token only this machine. */
export type Access = "open" | "token" | "admin";

export interface RouteDefinition<S extends FastifySchema> {
  readonly method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  /** The canonical path first, then its aliases, served by the same handler. */
  readonly paths: readonly [string, ...string[]];
  readonly access: Access;
  /** Aliases that everyone may call. */
  readonly openPaths?: readonly string[];
  readonly operationId: string;
  readonly tag: "instances" | "samples" | "events" | "metrics" | "daemon" | "pages";
  readonly summary: string;
  readonly bodyBytesMax?: number;
  readonly schema: S;
  readonly handler: Handler<S>;
}

/** A route with the types of its schema checked and erased. */
export type Route = Omit<RouteDefinition<FastifySchema>, "handler"> & { readonly handler: RouteHandlerMethod };

/** Gives the handler the types of its schema. */
export function route<const S extends FastifySchema>(definition: RouteDefinition<S>): Route {
  return definition as unknown as Route;
}
