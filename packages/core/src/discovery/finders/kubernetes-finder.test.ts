import { beforeEach, describe, expect, test } from "@jest/globals";
import type { KubernetesFinderConfig, TargetGroup } from "../../model/discovery-jobs.ts";
import { CollectFailure } from "../../model/failure.ts";
import { yieldToLoop } from "../../platform/system-clock.ts";
import { kubernetesWatch } from "./kubernetes-finder.ts";
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
