import { describe, expect, test } from "@jest/globals";
import { SAMPLE_CATALOGUE } from "../testing/sample-metrics.ts";
import { CORE_METRIC_NAMES } from "../../model/core-metrics.ts";
import { ManualClock } from "../../model/testing/manual-clock.ts";
import { encode } from "../encoding/encoder.ts";
import { exposedPlaces, fleetSnapshot, pageSnapshot } from "./fleet-snapshot.ts";
import { TimeSlicer } from "../encoding/time-slicer.ts";
import type { SampleMember } from "../testing/sample-fleet.ts";
import { sampleFleet } from "../testing/sample-fleet.ts";

describe("fleetSnapshot", () => {
  test("shows what is known of an instance that is up", async () => {
    const page = await render([{ status: "up", values: { up: 1, cpu_usage_percent: Math.fround(12.3) } }]);

    expect(linesOf(page, "cloud_monitor_instance_")).toEqual([
      'cloud_monitor_instance_cpu_usage_percent{id="1",name="instance-1"} 12.3',
      'cloud_monitor_instance_info{id="1",ip="10.0.0.1",kind="simulated",name="instance-1",source="api"} 1',
      'cloud_monitor_instance_up{id="1",name="instance-1"} 1',
    ]);
  });

  test("shows only up 0 of an instance that is down, whatever was known before", async () => {
    const page = await render([{ status: "down", values: { up: 0, load1: 3, collect_duration_seconds: 1 } }]);

    expect(linesOf(page, "cloud_monitor_instance_").filter((line) => !line.includes("_info"))).toEqual([
      'cloud_monitor_instance_up{id="1",name="instance-1"} 0',
    ]);
  });

  test.each(["stale", "pending"] as const)("shows only the info of a %s instance", async (status) => {
    const page = await render([{ status, values: status === "pending" ? null : { up: 1, load1: 3 } }]);

    expect(linesOf(page, "cloud_monitor_instance_")).toEqual([
      'cloud_monitor_instance_info{id="1",ip="10.0.0.1",kind="simulated",name="instance-1",source="api"} 1',
    ]);
  });

  test("shows this daemon's own host as id 0", async () => {
    const page = await render([{ instance: { id: -7, kind: "host", name: "me" }, status: "up", values: { up: 1 } }]);

    expect(page).toContain('cloud_monitor_instance_up{id="0",name="me"} 1\n');
  });

  test("adds the instance's labels to its info, except those reserved by Prometheus", async () => {
    const labels = { zone: "fr-par-1", __name__: "stolen", team: 'a"b' };

    const page = await render([{ instance: { labels }, status: "pending", values: null }]);

    expect(page).toContain(
      String.raw`cloud_monitor_instance_info{id="1",ip="10.0.0.1",kind="simulated",name="instance-1",source="api",team="a\"b",zone="fr-par-1"} 1`,
    );
  });

  test("shows every core metric under the name of the catalogue", async () => {
    const values = Object.fromEntries(CORE_METRIC_NAMES.map((name) => [name, 1]));

    const page = await render([{ status: "up", values }]);

    for (const name of CORE_METRIC_NAMES) expect(page).toContain(`cloud_monitor_instance_${name}{id="1"`);
  });

  test("counts instances by status", async () => {
    const page = await render([
      { status: "up", values: { up: 1 } },
      { status: "up", values: { up: 1 } },
      { status: "stale", values: null },
    ]);

    expect(linesOf(page, "cloud_monitor_instances{")).toEqual([
      'cloud_monitor_instances{status="up"} 2',
      'cloud_monitor_instances{status="down"} 0',
      'cloud_monitor_instances{status="stale"} 1',
      'cloud_monitor_instances{status="pending"} 0',
    ]);
  });

  test("shows the maximum next to the mean, over what is known of the instances that are up", async () => {
    const page = await render([
      { status: "up", values: { cpu_usage_percent: 10 } },
      { status: "up", values: { cpu_usage_percent: 90 } },
      { status: "up", values: {} },
      { status: "down", values: { cpu_usage_percent: 100 } },
      { instance: { kind: "host" }, status: "up", values: {} },
    ]);

    expect(linesOf(page, "cloud_monitor_fleet_")).toEqual([
      'cloud_monitor_fleet_cpu_usage_percent{kind="simulated",statistic="avg"} 50',
      'cloud_monitor_fleet_cpu_usage_percent{kind="simulated",statistic="max"} 90',
      'cloud_monitor_fleet_instances{kind="simulated"} 3',
      'cloud_monitor_fleet_instances{kind="host"} 1',
    ]);
  });

  test("sums quantities", async () => {
    const page = await render([
      { status: "up", values: { memory_total_bytes: 2 ** 40, network_receive_bytes_per_second: 100 } },
      { status: "up", values: { memory_total_bytes: 2 ** 40, network_receive_bytes_per_second: 50 } },
    ]);

    expect(page).toContain(
      'cloud_monitor_fleet_memory_total_bytes{kind="simulated",statistic="sum"} 2.199023255552e+12\n',
    );
    expect(page).toContain(
      'cloud_monitor_fleet_network_receive_bytes_per_second{kind="simulated",statistic="sum"} 150\n',
    );
  });

  test("omits the instances beyond the limit, and says so", async () => {
    const members: SampleMember[] = [
      { instance: { id: -7, kind: "host", name: "me" }, status: "up", values: { up: 1, cpu_usage_percent: 5 } },
      { status: "up", values: { up: 1, cpu_usage_percent: 7 } },
      { status: "down", values: { up: 0 } },
    ];

    const atLimit = await render(members, 3);
    const beyond = await render(members, 2);
    const none = await render(members, 0);

    expect(atLimit).toContain("cloud_monitor_instances_exposed 1\n");
    expect(linesOf(atLimit, "cloud_monitor_instance_up")).toHaveLength(3);
    expect(beyond).toContain("cloud_monitor_instances_exposed 0\n");
    expect(linesOf(beyond, "cloud_monitor_instance_up")).toEqual([
      'cloud_monitor_instance_up{id="0",name="me"} 1',
      'cloud_monitor_instance_up{id="2",name="instance-2"} 1',
    ]);
    expect(linesOf(beyond, "cloud_monitor_instance_info")).toHaveLength(2);
    expect(linesOf(none, "cloud_monitor_instance_")).toEqual([]);
    expect(linesOf(none, "cloud_monitor_instances")).toEqual(linesOf(beyond, "cloud_monitor_instances"));
  });

  test("shows the instances with higher ids on pages, each in one place, whatever the others do", async () => {
    const members = [1, 2, 3, 5_002, 5_003, 12_000].map(
      (id) => ({ instance: { id }, status: "up", values: { up: 1 } }) as const,
    );
    const places = async (present: readonly SampleMember[]) => {
      const pages = await Promise.all([1, 2, 3].map((page) => renderPage(present, page)));
      return [await render(present, 2), ...pages].map((text) => text.match(/(?<=_up\{id=")\d+/g) ?? []);
    };

    expect(await places(members)).toEqual([["1", "2"], ["3", "5002"], ["5003"], ["12000"]]);
    expect(await places(members.slice(1))).toEqual([["2"], ["3", "5002"], ["5003"], ["12000"]]);
    expect(exposedPlaces(sampleFleet(members), 2)).toEqual({ exposed: 2, pages: [1, 2, 3] });
    expect(exposedPlaces(sampleFleet(members.slice(0, 2)), 2)).toEqual({ exposed: 2, pages: [] });
  });

  test("yields to the event loop during a long pass over a large fleet", async () => {
    const clock = new ManualClock();
    const fleet = sampleFleet(Array.from({ length: 1_000 }, () => ({ status: "up", values: { up: 1 } }) as const));
    const statusOf: typeof fleet.statusOf = (instance) => {
      clock.advance(0.05);
      return fleet.statusOf(instance);
    };
    let turns = 0;
    const slicer = new TimeSlicer({ clock, yieldToLoop: async () => void turns++ });

    await fleetSnapshot({ ...fleet, statusOf }, slicer, { catalogue: SAMPLE_CATALOGUE, instancesMax: 0 });

    expect(turns).toBe(7);
  });
});

async function render(members: readonly SampleMember[], instancesMax = 1_000): Promise<string> {
  const slicer = new TimeSlicer({ clock: new ManualClock(), yieldToLoop: async () => {} });
  const families = await fleetSnapshot(sampleFleet(members), slicer, { catalogue: SAMPLE_CATALOGUE, instancesMax });
  return [...encode(families, "text")].join("");
}

async function renderPage(members: readonly SampleMember[], page: number): Promise<string> {
  const slicer = new TimeSlicer({ clock: new ManualClock(), yieldToLoop: async () => {} });
  const options = { catalogue: SAMPLE_CATALOGUE, instancesMax: 2, page };
  return [...encode(await pageSnapshot(sampleFleet(members), slicer, options), "text")].join("");
}

function linesOf(page: string, prefix: string): string[] {
  return page.split("\n").filter((line) => line.startsWith(prefix));
}
