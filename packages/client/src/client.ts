import type { Availability, Event, EventList, EventType, InstanceAvailability, InstanceValues } from "./event-types.ts";
import type {
  BulkRemoval,
  BulkResult,
  CollectorChanges,
  CollectorList,
  DiscoveredTargetList,
  DiscoverySource,
  DryRun,
  DiscoverySourceList,
  DiscoveryTest,
  Health,
  History,
  Instance,
  InstanceKind,
  InstanceList,
  InstanceMetrics,
  InstancePatch,
  InstanceStatus,
  LabelList,
  NewInstance,
  Problem,
} from "./types.ts";

/**
 * The API of one daemon, one method per route.
 * Every method rejects with `ApiError` for an error response and with `UnreachableError` without a timely response;
 * nothing is retried.
 */
export interface Client {
  /** One page. */
  listInstances(query?: ListQuery): Promise<InstanceList>;
  /** Every instance of all pages, in order; a page is fetched when the previous one is used up. */
  eachInstance(query?: Omit<ListQuery, "cursor">): AsyncGenerator<Instance, void, undefined>;
  addInstance(instance: NewInstance): Promise<Instance>;
  /** Collects an instance once, without adding it. */
  tryInstance(instance: NewInstance): Promise<DryRun>;
  /** One request: at most 10,000 instances and 4 MiB of JSON. A refused instance is a problem in the response, not an error. */
  addInstances(instances: readonly NewInstance[]): Promise<BulkResult>;
  getInstance(id: number): Promise<Instance>;
  patchInstance(id: number, change: InstancePatch): Promise<Instance>;
  removeInstance(id: number): Promise<void>;
  /** Removes the instances that have all the labels, except hosts. */
  removeInstances(filter: { label: readonly string[] }): Promise<BulkRemoval>;
  metrics(id: number): Promise<InstanceMetrics>;
  /** Collects it now; at most once per second. */
  collect(id: number): Promise<InstanceMetrics>;
  /** All labels, or one. */
  labels(query?: { name?: string }): Promise<LabelList>;
  history(id: number, query?: HistoryQuery): Promise<History>;
  /** One page, the latest first. */
  events(query?: EventQuery): Promise<EventList>;
  /**
   * Events and values as they happen, until the daemon ends the stream; then, or after an `UnreachableError`, a new one
   * with the last event's id goes on without a gap.
   */
  stream(query?: StreamQuery): AsyncGenerator<StreamMessage, void, undefined>;
  /** Of one instance, or of all together. */
  availability(query?: RangeQuery): Promise<Availability>;
  instanceAvailability(id: number, query?: RangeQuery): Promise<InstanceAvailability>;
  /** The collectors of the daemon's own host. */
  collectors(): Promise<CollectorList>;
  changeCollectors(changes: CollectorChanges): Promise<CollectorList>;
  /** Where instances come from, beside this API. */
  discovery(): Promise<DiscoverySourceList>;
  /** The first 1,000 targets of a scrape configuration. */
  discoveredTargets(name: string): Promise<DiscoveredTargetList>;
  /** Asks a scrape configuration now; nothing is changed. */
  testDiscovery(name: string): Promise<DiscoveryTest>;
  /** Applies a source's change that is held. */
  acceptDiscovery(name: string): Promise<DiscoverySource>;
  health(): Promise<Health>;
  /** Not being ready is a result, not an error. */
  ready(): Promise<Readiness>;
  reload(): Promise<void>;
  /** Aborts open requests; idempotent. */
  close(): Promise<void>;
}

export interface ClientOptions {
  /** `http://host:port`, with a path prefix if a proxy needs one. */
  url: string;
  /** Bearer token; never part of an error message. */
  token?: string;
  /** For one request, from connecting to the last byte; default 10,000. */
  timeoutMs?: number;
  /** Aborts open requests; calls then reject with its reason. */
  signal?: AbortSignal;
}

export interface ListQuery {
  status?: InstanceStatus;
  kind?: InstanceKind;
  /** `name=value`, each sent as its own `label=`; an instance must have all. */
  label?: readonly string[];
  /** Part of a name or address. */
  q?: string;
  /** Ascending, except for usage (highest first) and status (problems first). */
  sort?: SortKey;
  /** Per page, 1 to 1000; default 100. */
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
  /** Names of core metrics, each sent as its own `metric=`; default: the daemon's choice. */
  metric?: readonly string[];
}

export interface RangeQuery {
  /** RFC 3339. */
  from?: string;
  /** RFC 3339. */
  to?: string;
}

export interface EventFilter {
  /** Id of an instance, also of a removed one. */
  instance?: number;
  type?: readonly EventType[];
}

export interface EventQuery extends EventFilter, RangeQuery {
  /** Per page, 1 to 1000; default 100. */
  limit?: number;
  cursor?: string;
}

export interface StreamQuery extends EventFilter {
  /** Whether to send events; default true. */
  events?: boolean;
  /** Ids of at most 200 instances whose values to send, once a second when they changed. */
  values?: readonly number[];
  /** Send every event after this one first. */
  lastEventId?: number;
}

/** `open` is the first message: events after `lastEventId` follow; null without events. */
export type StreamMessage =
  | { type: "open"; lastEventId: number | null }
  | { type: "event"; event: Event }
  | { type: "values"; values: readonly InstanceValues[] };

export type Readiness = { ready: true } | { ready: false; problem: Problem };
