import { beforeEach, expect, test } from "@jest/globals";
import type { TargetGroup } from "../../model/discovery-jobs.ts";
import { ManualClock } from "../../model/testing/manual-clock.ts";
import { yieldToLoop } from "../../platform/system-clock.ts";
import { consulWatch } from "./consul-finder.ts";
import type { ConsulOptions } from "./consul-finder.ts";

/** As the documentation of Consul's HTTP API shows it: "List Service Instances for Service". */
const ENTRY = {
  Node: {
    ID: "40e4a748-2192-161a-0510-9bf59fe950b5",
    Node: "foobar",
    Address: "10.1.10.12",
    Datacenter: "dc1",
    TaggedAddresses: { lan: "10.1.10.12", wan: "10.1.10.12" },
    Meta: { "instance-type": "m5.large" },
  },
  Service: {
    ID: "redis",
    Service: "redis",
    Tags: ["primary", "eu"],
    Address: "10.1.10.13",
    Meta: { redis_version: "4.0" },
    Port: 8000,
    Weights: { Passing: 10, Warning: 1 },
    Namespace: "default",
  },
  Checks: [
    { Node: "foobar", CheckID: "service:redis", Status: "passing" },
    { Node: "foobar", CheckID: "serfHealth", Status: "passing" },
  ],
};

let clock: ManualClock;
let catalogue: Record<string, string[]>;
let services: Record<string, unknown[]>;
let index: number;
let asked: string[];
let found: (readonly TargetGroup[])[];
let stopping: AbortController;

beforeEach(() => {
  clock = new ManualClock();
  catalogue = { redis: ["primary", "eu"], web: [] };
  services = { redis: [ENTRY], web: [] };
  index = 7;
  asked = [];
  found = [];
  stopping = new AbortController();
});

function start(given: Partial<ConsulOptions> = {}): Promise<void> {
  const client: ConsulOptions["client"] = {
    json: async (url) => {
      asked.push(`${url.pathname}${url.search}`);
      const name = /^\/v1\/health\/service\/(.*)$/.exec(url.pathname)?.[1];
      const value = name === undefined ? catalogue : services[name];
      return { value, headers: { "x-consul-index": String(index) } };
    },
  };
  const options = { url: "http://consul:8500", datacenter: null, services: [], tags: [], refreshMs: 30_000 };
  const watch = consulWatch({ ...options, profile: () => null, client, clock, ...given });
  return watch((groups) => found.push(groups), stopping.signal);
}

async function turns(): Promise<void> {
  for (let i = 0; i < 5; i++) await yieldToLoop();
}

test("an instance of a service has its address, and the labels that Prometheus gives it", async () => {
  void start();
  await turns();
  stopping.abort();

  expect(found).toEqual([
    [
      {
        targets: ["10.1.10.13:8000"],
        labels: {
          __meta_consul_address: "10.1.10.12",
          __meta_consul_dc: "dc1",
          __meta_consul_health: "passing",
          __meta_consul_metadata_instance_type: "m5.large",
          __meta_consul_namespace: "default",
          __meta_consul_node: "foobar",
          __meta_consul_service: "redis",
          __meta_consul_service_address: "10.1.10.13",
          __meta_consul_service_id: "redis",
          __meta_consul_service_metadata_redis_version: "4.0",
          __meta_consul_service_port: "8000",
          __meta_consul_tagged_address_lan: "10.1.10.12",
          __meta_consul_tagged_address_wan: "10.1.10.12",
          __meta_consul_tags: ",primary,eu,",
        },
      },
    ],
  ]);
});

test("after the first answer the catalogue is asked to wait for a change; what is equal stays the same object", async () => {
  void start({ datacenter: "dc 1" });
  await turns();
  index = 9;
  clock.advance(1_000);
  await turns();
  index = 3;
  clock.advance(1_000);
  await turns();
  clock.advance(1_000);
  await turns();
  stopping.abort();

  const dc = "&dc=dc%201";
  expect(asked.filter((path) => path.startsWith("/v1/catalog"))).toEqual([
    `/v1/catalog/services?stale=${dc}`,
    `/v1/catalog/services?stale=&index=7&wait=30s${dc}`,
    `/v1/catalog/services?stale=&index=9&wait=30s${dc}`,
    // It went back: begin anew.
    `/v1/catalog/services?stale=${dc}`,
  ]);
  expect(found[1]![0]).toBe(found[0]![0]);
});

test("only the services and tags that are asked for", async () => {
  services["redis"] = [ENTRY, { ...ENTRY, Service: { ...ENTRY.Service, ID: "redis2", Tags: ["eu"] } }];
  void start({ services: ["redis"], tags: ["primary"] });
  await turns();
  stopping.abort();

  expect(asked.some((path) => path.includes("/service/web"))).toBe(false);
  expect(found[0]).toHaveLength(1);
});

test.each([
  [[{ Status: "passing" }, { Status: "warning" }], "warning"],
  [[{ Status: "critical" }, { Status: "warning" }], "critical"],
  [[{ CheckID: "_node_maintenance", Status: "critical" }], "maintenance"],
  [[{ CheckID: "_service_maintenance:redis", Status: "critical" }], "maintenance"],
  [null, "passing"],
])("of the checks %j the health is %s", async (Checks, health) => {
  const Service = { ID: "a", Service: "a", Port: 1, Address: "", Tags: null };
  services["redis"] = [{ Node: { Node: "n", Address: "fd00::1" }, Service, Checks }];
  void start();
  await turns();
  stopping.abort();

  expect(found[0]![0]).toMatchObject({ targets: ["[fd00::1]:1"], labels: { __meta_consul_health: health } });
});
