export type * from "./event-types.ts";
export type * from "./types.ts";
export type {
  Client,
  ClientOptions,
  EventQuery,
  HistoryQuery,
  ListQuery,
  RangeQuery,
  Readiness,
  SortKey,
  StreamMessage,
  StreamQuery,
} from "./client.ts";
export { ApiError } from "./api-error.ts";
export { createClient } from "./create-client.ts";
export { UnreachableError } from "./unreachable-error.ts";
