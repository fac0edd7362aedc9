export type * from "./types.ts";
export type { Client, ClientOptions, HistoryQuery, ListQuery, Readiness, SortKey } from "./client.ts";
export { ApiError } from "./api-error.ts";
export { createClient } from "./create-client.ts";
export { UnreachableError } from "./unreachable-error.ts";
