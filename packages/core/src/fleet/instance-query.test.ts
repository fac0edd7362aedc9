import { describe, expect, test } from "@jest/globals";
import { COLUMN, CORE_METRICS } from "../model/core-metrics.ts";
import type { Instance, InstanceStatus } from "../model/instance.ts";
import type { InstanceQuery } from "./instance-query.ts";
import { queryInstances } from "./instance-query.ts";
import type { QueryableFleet } from "./sort-orders.ts";
import { sampleInstance } from "./testing/sample-instance.ts";

interface Member extends Partial<Omit<Instance, "id">> {
  readonly id: number;
  readonly status?: InstanceStatus;
  readonly cpu?: number;
}

function fleetOf(members: readonly Member[]): QueryableFleet & { list: Instance[] } {
  const list = members.map(({ status: _status, cpu: _cpu, ...member }) => ({
    ...sampleInstance(`instance-${member.id}`),
    createdAtMs: 0,
    ...member,
  }));
  const byId = new Map(members.map((member) => [member.id, member]));
  const columns = CORE_METRICS.map(() => new Float64Array(members.length).fill(Number.NaN));
  members.forEach(({ cpu }, row) => (columns[COLUMN.cpu_usage_percent]![row] = cpu ?? Number.NaN));
  return {
    list,
    instances: () => list,
    statusOf: ({ id }) => byId.get(id)!.status ?? "up",
    publicId: (id) => id,
    latest: { row: (id) => members.findIndex((member) => member.id === id), columns },
  };
}

function idsOf(fleet: QueryableFleet, query: Partial<InstanceQuery>): number[] {
  return queryInstances(fleet, { labels: [], sort: "id", limit: 100, after: null, ...query }).items.map(({ id }) => id);
}

function allPages(fleet: QueryableFleet, query: Partial<InstanceQuery>): number[][] {
  const pages: number[][] = [];
  let after: InstanceQuery["after"] = null;
  do {
    const page = queryInstances(fleet, { labels: [], sort: "id", limit: 2, ...query, after });
    pages.push(page.items.map(({ id }) => id));
    after = page.next;
  } while (after !== null);
  return pages;
}

describe("the filters of a query", () => {
  const fleet = fleetOf([
    { id: 1, name: "Web-One", ip: "10.0.0.1", labels: { team: "blue", zone: "a" } },
    { id: 2, name: "db", ip: "10.0.0.2", labels: { team: "blue" }, status: "down" },
    { id: 3, name: "queue", ip: "fd00::3", kind: "host" },
  ]);

  test.each<[string, Partial<InstanceQuery>, number[]]>([
    ["status", { status: "down" }, [2]],
    ["kind", { kind: "host" }, [3]],
    ["a label", { labels: [["team", "blue"]] }, [1, 2]],
    [
      "all of several labels",
      {
        labels: [
          ["team", "blue"],
          ["zone", "a"],
        ],
      },
      [1],
    ],
    ["no label that every object inherits", { labels: [["constructor", "x"]] }, []],
    ["a part of the name in any case", { text: "wEB" }, [1]],
    ["a part of the ip", { text: "d00:" }, [3]],
    ["several at once", { text: "10.0.0", status: "up" }, [1]],
  ])("keep what has %s", (_words, query, expected) => {
    expect(idsOf(fleet, query)).toEqual(expected);
  });
});

describe("the order of a query", () => {
  const fleet = fleetOf([
    { id: 4, name: "b", cpu: 10, status: "up" },
    { id: 2, name: "c", cpu: 90, status: "pending" },
    { id: 3, name: "a", status: "stale" },
    { id: 1, name: "d", cpu: 10, status: "down" },
  ]);

  test.each([
    ["id", [1, 2, 3, 4]],
    ["name", [3, 4, 2, 1]],
    ["cpu_usage_percent", [2, 1, 4, 3]],
    ["status", [1, 3, 2, 4]],
  ] as const)("by %s, equal ones by id", (sort, expected) => {
    expect(idsOf(fleet, { sort })).toEqual(expected);
  });

  test.each(["id", "name", "cpu_usage_percent", "status"] as const)("is the same page by page, by %s", (sort) => {
    const pages = allPages(fleet, { sort });

    expect(pages.map((page) => page.length)).toEqual([2, 2]);
    expect(pages.flat()).toEqual(idsOf(fleet, { sort }));
  });
});

describe("a page after a cursor", () => {
  test("skips and repeats no instance when others are added and removed in between", () => {
    const fleet = fleetOf([1, 2, 3, 4, 5].map((id) => ({ id })));
    const first = queryInstances(fleet, { labels: [], sort: "id", limit: 2, after: null });
    fleet.list.splice(0, 2);

    const second = queryInstances(fleet, { labels: [], sort: "id", limit: 2, after: first.next });

    expect(second.items.map(({ id }) => id)).toEqual([3, 4]);
  });

  test("is the last one when it is exactly full", () => {
    const fleet = fleetOf([{ id: 1 }, { id: 2 }]);

    const page = queryInstances(fleet, { labels: [], sort: "id", limit: 2, after: null });

    expect(page.next).toBeNull();
  });
});
