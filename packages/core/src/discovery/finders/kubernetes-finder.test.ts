import { beforeEach, describe, expect, test } from "@jest/globals";
import type { KubernetesFinderConfig, TargetGroup } from "../../model/discovery-jobs.ts";
import { CollectFailure } from "../../model/failure.ts";
import { yieldToLoop } from "../../platform/system-clock.ts";
import { kubernetesWatch } from "./kubernetes-finder.ts";
import { groupsOfObject } from "./kubernetes-targets.ts";
import type { KubernetesObject } from "./kubernetes-targets.ts";

type Role = KubernetesFinderConfig["role"];

function pod(name: string, version: string, ip: string | null = "10.0.0.1"): KubernetesObject {
  return {
    metadata: { name, namespace: "shop", uid: `uid-${name}`, resourceVersion: version, labels: { app: "web" } },
    spec: { nodeName: "n1", containers: [{ name: "c", ports: [{ containerPort: 80 }] }] },
    status: { phase: "Running", ...(ip !== null && { podIP: ip }) },
  };
}

/** A server that answers lists and watches as it is told, in order. */
let lists: { items: KubernetesObject[]; version: string; next?: string }[];
let watches: (string[] | Error)[];
let asked: string[];
let found: (readonly TargetGroup[])[];
let stopping: AbortController;

beforeEach(() => {
  lists = [];
  watches = [];
  asked = [];
  found = [];
  stopping = new AbortController();
});

function watch(given: { role?: Role; namespaces?: string[]; labelSelector?: string } = {}) {
  const { labelSelector = null, namespaces = [], role = "pod" } = given;
  return kubernetesWatch({
    url: "https://k8s:6443",
    role,
    namespaces,
    labelSelector,
    fieldSelector: null,
    profile: () => null,
    client: {
      json: async (url) => {
        asked.push(`${url.pathname}${url.search}`);
        const { items, next = "", version } = lists.shift()!;
        return { value: { metadata: { resourceVersion: version, continue: next }, items }, headers: {} };
      },
      open: async (url, { signal }) => {
        asked.push(`${url.pathname}${url.search}`);
        const lines = watches.shift();
        if (lines instanceof Error) throw lines;
        return {
          headers: {},
          pieces: (async function* () {
            for (const line of lines ?? []) yield Buffer.from(`${line}\n`);
            // Nothing more to say: the watch stays open.
            if (lines === undefined)
              await new Promise((_, reject) => signal.addEventListener("abort", () => reject(new Error("aborted"))));
          })(),
        };
      },
    },
  });
}

function follow(watching: ReturnType<typeof watch>): Promise<string> {
  return watching((groups) => found.push(groups), stopping.signal).then(
    () => "ended",
    (error: unknown) => (Error.isError(error) ? error.message : String(error)),
  );
}

async function turns(): Promise<void> {
  for (let i = 0; i < 10; i++) await yieldToLoop();
}

const event = (type: string, object: unknown) => JSON.stringify({ type, object });
const addresses = (groups: readonly TargetGroup[]) => groups.flatMap(({ targets }) => targets);

describe("a watch", () => {
  test("lists in pages, then follows what is added, changed and deleted", async () => {
    lists = [
      { items: [pod("a", "1")], version: "10", next: "page2" },
      { items: [pod("b", "2", "10.0.0.2")], version: "10" },
    ];
    watches = [
      [
        event("ADDED", pod("c", "11", "10.0.0.3")),
        event("MODIFIED", pod("a", "12", "10.0.0.9")),
        event("BOOKMARK", { metadata: { name: "", resourceVersion: "20" } }),
        event("DELETED", pod("b", "21")),
      ],
    ];
    const ended = follow(watch({ labelSelector: "app=web" }));
    await turns();
    stopping.abort();
    await ended;

    expect(asked).toEqual([
      "/api/v1/pods?limit=500&labelSelector=app%3Dweb",
      "/api/v1/pods?limit=500&continue=page2&labelSelector=app%3Dweb",
      "/api/v1/pods?watch=1&allowWatchBookmarks=true&timeoutSeconds=280&resourceVersion=10&labelSelector=app%3Dweb",
      "/api/v1/pods?watch=1&allowWatchBookmarks=true&timeoutSeconds=280&resourceVersion=21&labelSelector=app%3Dweb",
    ]);
    expect(found.map(addresses)).toEqual([
      ["10.0.0.1:80", "10.0.0.2:80"],
      ["10.0.0.1:80", "10.0.0.2:80", "10.0.0.3:80"],
      ["10.0.0.9:80", "10.0.0.2:80", "10.0.0.3:80"],
      ["10.0.0.9:80", "10.0.0.3:80"],
      ["10.0.0.9:80", "10.0.0.3:80"],
    ]);
  });

  test("that was broken off goes on from the version that it had, without a list", async () => {
    lists = [{ items: [pod("a", "1")], version: "10" }];
    watches = [[event("ADDED", pod("b", "11", "10.0.0.2"))], new Error("connection lost")];
    const watching = watch();
    const failure = await follow(watching);
    const ended = follow(watching);
    await turns();
    stopping.abort();
    await ended;

    expect(failure).toBe("connection lost");
    expect(asked.at(-1)).toContain("resourceVersion=11");
    expect(addresses(found.at(-1)!)).toEqual(["10.0.0.1:80", "10.0.0.2:80"]);
  });

  test("whose version is too old begins anew, by an event or by a status", async () => {
    lists = [1, 2, 3].map((n) => ({ items: [pod("a", "1", `10.0.0.${n}`)], version: String(n * 10) }));
    watches = [
      [event("ERROR", { code: 410, message: "too old resource version", metadata: {} })],
      new CollectFailure("invalid", "k8s:6443 responds with status 410"),
    ];
    const watching = watch();
    await follow(watching);
    const ended = follow(watching);
    await turns();
    stopping.abort();
    await ended;

    expect(asked.filter((path) => path.includes("limit=")).length).toBe(3);
    expect(found.map(addresses)).toEqual([["10.0.0.1:80"], ["10.0.0.2:80"], ["10.0.0.3:80"]]);
  });

  test("of several namespaces is one set, complete when each was listed", async () => {
    lists = [
      { items: [pod("a", "1")], version: "1" },
      { items: [pod("a", "2", "10.0.0.2")], version: "2" },
    ];
    const ended = follow(watch({ namespaces: ["shop", "bank"] }));
    await turns();
    stopping.abort();
    await ended;

    expect(asked.slice(0, 2)).toEqual([
      "/api/v1/namespaces/shop/pods?limit=500",
      "/api/v1/namespaces/bank/pods?limit=500",
    ]);
    expect(addresses(found.at(-1)!)).toEqual(["10.0.0.1:80", "10.0.0.2:80"]);
  });
});

describe("the targets of an object, as the configuration reference of Prometheus describes them", () => {
  test("a pod has one for each port of its containers, and one without a port for a container without", () => {
    const object: KubernetesObject = {
      metadata: {
        name: "web-1",
        namespace: "shop",
        uid: "u1",
        resourceVersion: "5",
        labels: { "app.kubernetes.io/name": "web", empty: "" },
        annotations: { "prometheus.io/scrape": "true" },
        ownerReferences: [{ kind: "ReplicaSet", name: "web", controller: true }],
      },
      spec: {
        nodeName: "n1",
        containers: [
          {
            name: "app",
            image: "web:1",
            ports: [
              { name: "http", containerPort: 8080 },
              { containerPort: 53, protocol: "UDP" },
            ],
          },
        ],
        initContainers: [{ name: "init" }],
      },
      status: {
        phase: "Running",
        podIP: "10.0.0.1",
        hostIP: "192.168.0.1",
        conditions: [{ type: "Ready", status: "True" }],
        containerStatuses: [{ name: "app", containerID: "containerd://1" }],
      },
    };
    const common = {
      __meta_kubernetes_namespace: "shop",
      __meta_kubernetes_pod_name: "web-1",
      __meta_kubernetes_pod_ip: "10.0.0.1",
      __meta_kubernetes_pod_ready: "true",
      __meta_kubernetes_pod_phase: "Running",
      __meta_kubernetes_pod_node_name: "n1",
      __meta_kubernetes_pod_host_ip: "192.168.0.1",
      __meta_kubernetes_pod_uid: "u1",
      __meta_kubernetes_pod_controller_kind: "ReplicaSet",
      __meta_kubernetes_pod_controller_name: "web",
      __meta_kubernetes_pod_label_app_kubernetes_io_name: "web",
      __meta_kubernetes_pod_labelpresent_app_kubernetes_io_name: "true",
      __meta_kubernetes_pod_labelpresent_empty: "true",
      __meta_kubernetes_pod_annotation_prometheus_io_scrape: "true",
      __meta_kubernetes_pod_annotationpresent_prometheus_io_scrape: "true",
    };
    const app = {
      ...common,
      __meta_kubernetes_pod_container_name: "app",
      __meta_kubernetes_pod_container_id: "containerd://1",
      __meta_kubernetes_pod_container_image: "web:1",
      __meta_kubernetes_pod_container_init: "false",
    };

    expect(groupsOfObject("pod", object)).toEqual([
      {
        targets: ["10.0.0.1:8080"],
        labels: {
          ...app,
          __meta_kubernetes_pod_container_port_name: "http",
          __meta_kubernetes_pod_container_port_number: "8080",
          __meta_kubernetes_pod_container_port_protocol: "TCP",
        },
      },
      {
        targets: ["10.0.0.1:53"],
        labels: {
          ...app,
          __meta_kubernetes_pod_container_port_number: "53",
          __meta_kubernetes_pod_container_port_protocol: "UDP",
        },
      },
      {
        targets: ["10.0.0.1"],
        labels: {
          ...common,
          __meta_kubernetes_pod_container_name: "init",
          __meta_kubernetes_pod_container_init: "true",
        },
      },
    ]);
    expect(groupsOfObject("pod", pod("pending", "1", null))).toEqual([]);
  });

  test("a node has its kubelet, at its internal address", () => {
    const object: KubernetesObject = {
      metadata: { name: "n1", resourceVersion: "1", labels: { zone: "a" } },
      spec: { providerID: "scaleway://1" },
      status: {
        addresses: [
          { type: "Hostname", address: "n1" },
          { type: "InternalIP", address: "fd00::1" },
        ],
        daemonEndpoints: { kubeletEndpoint: { Port: 10_250 } },
      },
    };

    expect(groupsOfObject("node", object)).toEqual([
      {
        targets: ["[fd00::1]:10250"],
        labels: {
          instance: "n1",
          __meta_kubernetes_node_name: "n1",
          __meta_kubernetes_node_provider_id: "scaleway://1",
          __meta_kubernetes_node_address_InternalIP: "fd00::1",
          __meta_kubernetes_node_address_Hostname: "n1",
          __meta_kubernetes_node_label_zone: "a",
          __meta_kubernetes_node_labelpresent_zone: "true",
        },
      },
    ]);
  });

  test("an endpoint slice has one for each address and port", () => {
    const object: KubernetesObject = {
      metadata: {
        name: "web-abc",
        namespace: "shop",
        resourceVersion: "1",
        labels: { "kubernetes.io/service-name": "web" },
      },
      addressType: "IPv4",
      endpoints: [
        {
          addresses: ["10.0.0.1"],
          nodeName: "n1",
          zone: "a",
          conditions: { ready: true, terminating: false },
          targetRef: { kind: "Pod", name: "web-1" },
        },
      ],
      ports: [{ name: "http", port: 8080, protocol: "TCP" }],
    };

    expect(groupsOfObject("endpointslice", object)).toEqual([
      {
        targets: ["10.0.0.1:8080"],
        labels: {
          __meta_kubernetes_namespace: "shop",
          __meta_kubernetes_endpointslice_name: "web-abc",
          __meta_kubernetes_endpointslice_address_type: "IPv4",
          __meta_kubernetes_service_name: "web",
          __meta_kubernetes_endpointslice_label_kubernetes_io_service_name: "web",
          __meta_kubernetes_endpointslice_labelpresent_kubernetes_io_service_name: "true",
          __meta_kubernetes_endpointslice_port: "8080",
          __meta_kubernetes_endpointslice_port_name: "http",
          __meta_kubernetes_endpointslice_port_protocol: "TCP",
          __meta_kubernetes_endpointslice_endpoint_conditions_ready: "true",
          __meta_kubernetes_endpointslice_endpoint_conditions_terminating: "false",
          __meta_kubernetes_endpointslice_endpoint_node_name: "n1",
          __meta_kubernetes_endpointslice_endpoint_zone: "a",
          __meta_kubernetes_endpointslice_address_target_kind: "Pod",
          __meta_kubernetes_endpointslice_address_target_name: "web-1",
        },
      },
    ]);
  });
});
