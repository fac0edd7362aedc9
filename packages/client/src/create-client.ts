import type { Client, ClientOptions, ListQuery } from "./client.ts";
import type { Method } from "./transport.ts";
import type { Instance, InstanceList } from "./types.ts";
import { readJson, readProblem } from "./response.ts";
import { ApiError } from "./api-error.ts";
import { queryString } from "./query-string.ts";
import { streamEvents } from "./stream-events.ts";
import { createTransport } from "./transport.ts";

const API = "/api/v1";

/** @throws TypeError for an invalid address or token. */
export function createClient(options: ClientOptions): Client {
  const transport = createTransport(options);

  async function call<T>(method: Method, path: string, body?: unknown): Promise<T> {
    const answer = await transport.send(method, path, body);
    if (answer.status >= 200 && answer.status < 300) return readJson(answer) as T;
    throw new ApiError(readProblem(answer), answer.retryAfter);
  }

  const listInstances = (query: ListQuery = {}) => call<InstanceList>("GET", `${API}/instances${queryString(query)}`);

  async function* eachInstance(query: Omit<ListQuery, "cursor"> = {}): AsyncGenerator<Instance, void, undefined> {
    let cursor: string | undefined;
    do {
      const page = await listInstances({ ...query, ...(cursor === undefined ? {} : { cursor }) });
      yield* page.items;
      cursor = page.nextCursor ?? undefined;
    } while (cursor !== undefined);
  }

  async function ready() {
    const answer = await transport.send("GET", "/-/ready");
    if (answer.status === 200) return { ready: true } as const;
    const problem = readProblem(answer);
    if (answer.status === 503) return { ready: false, problem } as const;
    throw new ApiError(problem, answer.retryAfter);
  }

  return {
    listInstances,
    eachInstance,
    ready,
    addInstance: (instance) => call("POST", `${API}/instances`, instance),
    tryInstance: (instance) => call("POST", `${API}/instances/dry-run`, instance),
    addInstances: (instances) => call("POST", `${API}/instances/bulk`, instances),
    getInstance: (id) => call("GET", `${API}/instances/${id}`),
    patchInstance: (id, change) => call("PATCH", `${API}/instances/${id}`, change),
    removeInstance: (id) => call("DELETE", `${API}/instances/${id}`),
    removeInstances: (filter) => call("DELETE", `${API}/instances${queryString(filter)}`),
    collect: (id) => call("POST", `${API}/instances/${id}/collect`),
    labels: (query = {}) => call("GET", `${API}/labels${queryString(query)}`),
    metrics: (id) => call("GET", `${API}/instances/${id}/metrics`),
    events: (query = {}) => call("GET", `${API}/events${queryString(query)}`),
    stream: (query = {}) => streamEvents(transport, query),
    availability: (query = {}) => call("GET", `${API}/availability${queryString(query)}`),
    instanceAvailability: (id, query = {}) => call("GET", `${API}/instances/${id}/availability${queryString(query)}`),
    history: (id, query = {}) => call("GET", `${API}/instances/${id}/history${queryString(query)}`),
    collectors: () => call("GET", `${API}/collectors`),
    changeCollectors: (collectors) => call("PUT", `${API}/collectors`, { collectors }),
    discovery: () => call("GET", `${API}/discovery`),
    discoveredTargets: (name) => call("GET", `${API}/discovery/${encodeURIComponent(name)}/targets`),
    testDiscovery: (name) => call("POST", `${API}/discovery/${encodeURIComponent(name)}/test`),
    acceptDiscovery: (name) => call("POST", `${API}/discovery/${encodeURIComponent(name)}/accept`),
    health: () => call("GET", `${API}/health`),
    reload: async () => void (await call("POST", "/-/reload")),
    close: () => transport.close(),
  };
}
