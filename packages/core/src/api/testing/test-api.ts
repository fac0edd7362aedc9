import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Exposition } from "../../exposition/exposition.ts";
import { SAMPLE_CATALOGUE, sampleSource } from "../../exposition/testing/sample-metrics.ts";
import { StatusTracker } from "../../fleet/events/status-tracker.ts";
import { Fleet } from "../../fleet/fleet.ts";
import { hostInstance } from "../../fleet/host-instance.ts";
import { Inventory } from "../../fleet/inventory.ts";
import { noSnapshots } from "../../fleet/testing/no-snapshots.ts";
import { sampleBatch } from "../../fleet/testing/sample-instance.ts";
import type { LatestSnapshots } from "../../fleet/latest-snapshots.ts";
import { LatestValues } from "../../fleet/latest-values.ts";
import { InventorySnapshot } from "../../fleet/inventory-snapshot.ts";
import type { DryRun } from "../../collection/dry-runs.ts";
import { Discovery } from "../../discovery/discovery.ts";
import { NO_DEFINITIONS } from "../../model/target-definitions.ts";
import { silentLogger } from "../../model/logger.ts";
import { ManualClock } from "../../model/testing/manual-clock.ts";
import { MemoryStorage } from "../../storage/memory/memory-storage.ts";
import type { ApiConfig, ApiContext } from "../http/context.ts";
import { NodeProfiler } from "../daemon/node-profiler.ts";
import type { ApiServer } from "../http/server.ts";
import { createServer } from "../http/server.ts";

/** A complete API over real components: memory storage, fleet, exposition. Only the daemon around it is missing. */
export interface TestApi extends AsyncDisposable {
  readonly server: ApiServer;
  readonly context: ApiContext;
  readonly clock: ManualClock;
  readonly storage: MemoryStorage;
  readonly fleet: Fleet;
  readonly snapshots: LatestSnapshots;
  readonly inventory: Inventory;
  /** Status and body as JSON of one request without a socket; an object as `body` is sent as JSON. */
  call(method: Method, url: string, sent?: Sent): Promise<Answer>;
  setToken(token: string | null): void;
}

export type Method = "GET" | "HEAD" | "POST" | "PUT" | "PATCH" | "DELETE" | "OPTIONS" | "TRACE";

export interface Sent {
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly text: string;
  readonly raw: Buffer;
  // oxlint-disable-next-line typescript/no-explicit-any -- tests check responses of every shape
  readonly json: any;
}

export async function testApi(given: Partial<ApiContext> = {}): Promise<TestApi> {
  const stateDir = mkdtempSync(join(tmpdir(), "cloud-monitor-api-"));
  const clock = new ManualClock();
  const storage = new MemoryStorage({ clock, rowsMax: 10_000, retentionRawMs: 86_400_000 });
  await storage.start();
  const snapshot = new InventorySnapshot({ stateDir, clock, logger: silentLogger });
  const host = hostInstance("this-host", 5, clock.wallMs());
  const inventory = new Inventory({ store: storage.instances, snapshot, host });
  await inventory.load();
  const snapshots = noSnapshots(clock);
  const fleet = new Fleet({
    inventory,
    latest: new LatestValues(clock),
    snapshots,
    tracker: new StatusTracker(),
    clock,
  });
  const exposition = expositionOf(fleet, clock);
  let config = CONFIG;
  const context: ApiContext = {
    ...FIXED_PARTS,
    config: () => config,
    clock,
    fleet,
    inventory,
    storage,
    exposition,
    collect: (id) => fleet.latest.record(sampleBatch([{ id, timestampMs: clock.wallMs() }])),
    profiler: new NodeProfiler(clock, async () => {}),
    httpRecorder: exposition.http,
    ...given,
  };
  const server = createServer(context);
  return {
    server,
    context,
    clock,
    storage,
    fleet,
    snapshots,
    inventory,
    setToken: (apiToken) => (config = { ...config, http: { ...config.http, apiToken } }),
    call: (method, url, sent = {}) => call(server, { method, url, ...sent }),
    async [Symbol.asyncDispose]() {
      await server.close();
      exposition.stop();
      await snapshot.stop();
      await storage.stop();
      rmSync(stateDir, { recursive: true });
    },
  };
}

interface Call extends Sent {
  readonly method: Method;
  readonly url: string;
}

async function call(server: ApiServer, { method, url, body, headers }: Call): Promise<Answer> {
  const isText = typeof body === "string" || Buffer.isBuffer(body);
  const answer = await server.inject({
    method,
    url,
    headers: { host: "localhost:8080", ...(body !== undefined && { "content-type": "application/json" }), ...headers },
    ...(body !== undefined && { payload: isText ? body : JSON.stringify(body) }),
  });
  const isJson = /json/.test(String(answer.headers["content-type"])) && answer.body !== "";
  return {
    status: answer.statusCode,
    headers: answer.headers,
    text: answer.body,
    raw: answer.rawPayload,
    json: isJson ? JSON.parse(answer.body) : undefined,
  };
}

function expositionOf(fleet: Fleet, clock: ManualClock): Exposition {
  return new Exposition(
    { fleet, own: [sampleSource()] },
    {
      catalogue: SAMPLE_CATALOGUE,
      clock,
      yieldToLoop: async () => {},
      instancesMax: () => 1_000,
      cacheTtlMs: () => 1_000,
      labels: {},
      collectors: () => ["cpu"],
    },
  );
}

const REFUSED: DryRun = {
  reason: "refused",
  message: "10.0.0.5:9100 refused the connection",
  durationSeconds: null,
  series: 3,
};

const CONFIG: ApiConfig = {
  http: { host: "127.0.0.1", port: 0, apiToken: null, insecureNoAuth: false },
  instances: { defaultInterval: 5 },
  metrics: { cacheTtlMs: 1_000, instancesMax: 1_000, labels: [], listenAddresses: [], telemetryPath: "/metrics" },
};

const HEALTH_PARTS: ReturnType<ApiContext["health"]> = {
  ready: true,
  problems: [],
  uptimeSeconds: 12,
  storage: { kind: "memory", available: true, location: "memory of the daemon", reason: null },
  spool: { rows: 0, rowsMax: 1_000, oldestSeconds: null, dropped: 0 },
  threads: { configured: 1, running: 1, replaced: 0, stuck: 0 },
};

/** The parts that no test changes in place. */
const FIXED_PARTS = {
  version: "1.2.3",
  targetRules: { allowLoopback: false, ownPort: CONFIG.http.port },
  definitions: () => NO_DEFINITIONS,
  discovery: new Discovery([]),
  dryRun: async () => REFUSED,
  yieldToLoop: async () => {},
  logger: silentLogger,
  isOpen: () => true,
  health: () => HEALTH_PARTS,
  reload: async () => ({ changed: ["LOG_LEVEL"], restartNeeded: [] }),
  collectors: {
    switches: { list: () => [], change: async () => {} },
    hung: () => [],
    lastSuccessSeconds: () => ({}),
  },
};
