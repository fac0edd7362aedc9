import type {
  BulkRemoval,
  BulkResult,
  Health,
  History,
  Instance,
  InstanceKind,
  InstanceList,
  InstanceMetrics,
  InstancePatch,
  InstanceStatus,
  NewInstance,
  Problem,
} from "./types.ts";

/**
 * The API of one daemon, one method a route.
 * Every method rejects with `ApiError` when the daemon says no and with `UnreachableError` when nothing answers in time;
 * nothing is tried twice.
 */
export interface Client {
  /** One page. */
  listInstances(query?: ListQuery): Promise<InstanceList>;
  /** Every instance of all pages, in order; a page is fetched when the one before is used up. */
  eachInstance(query?: Omit<ListQuery, "cursor">): AsyncGenerator<Instance, void, undefined>;
  addInstance(instance: NewInstance): Promise<Instance>;
  /** One request: at most 10,000 instances and 4 MiB of JSON. A refused instance is a problem in the answer, not an error. */
  addInstances(instances: readonly NewInstance[]): Promise<BulkResult>;
  getInstance(id: number): Promise<Instance>;
  patchInstance(id: number, change: InstancePatch): Promise<Instance>;
  removeInstance(id: number): Promise<void>;
  /** Removes those that have all the labels, hosts excepted. */
  removeInstances(filter: { label: readonly string[] }): Promise<BulkRemoval>;
  metrics(id: number): Promise<InstanceMetrics>;
  history(id: number, query?: HistoryQuery): Promise<History>;
  health(): Promise<Health>;
  /** Being not ready is an answer, not an error. */
  ready(): Promise<Readiness>;
  reload(): Promise<void>;
  /** Ends open requests; safe twice. */
  close(): Promise<void>;
}

export interface ClientOptions {
  /** `http://host:port`, with a path before the API's own where a proxy wants one. */
  url: string;
  /** Bearer token; never part of an error message. */
  token?: string;
  /** For one request, from connecting to the last byte; default 10,000. */
  timeoutMs?: number;
  /** Ends whatever is under way; calls then reject with its reason. */
  signal?: AbortSignal;
}

export interface ListQuery {
  status?: InstanceStatus;
  kind?: InstanceKind;
  /** `name=value`, each sent as its own `label=`; an instance must have all. */
  label?: readonly string[];
  /** Part of a name or address. */
  q?: string;
  /** Ascending, but for usage the highest and for status the problems first. */
  sort?: SortKey;
  /** Of one page, 1 to 1000; default 100. */
  limit?: number;
  cursor?: string;
}

export type SortKey = "id" | "name" | "status" | "cpu_usage_percent" | "memory_usage_percent";

export interface HistoryQuery {
  /** RFC 3339. */
  from?: string;
  /** RFC 3339. */
  to?: string;
  /** Whole seconds. */
  step?: number;
  /** Names of core metrics, each sent as its own `metric=`; without any the daemon chooses. */
  metric?: readonly string[];
}

export type Readiness = { ready: true } | { ready: false; problem: Problem };
