import { isIPv4 } from "node:net";
import { describe, expect, test } from "@jest/globals";
import type { NewInstance } from "@cloud-monitor/client";
import { demoFleet, type FleetOptions } from "./demo-fleet.ts";

const options: FleetOptions = {
  prefix: "demo",
  interval: undefined,
  profile: "mix",
  seed: undefined,
  labels: { fleet: "demo" },
};

function fleetOf(count: number, changes: Partial<FleetOptions> = {}): NewInstance[] {
  const instances = demoFleet({ ...options, ...changes });
  return Array.from({ length: count }, () => instances.next().value);
}

describe("demoFleet", () => {
  test("generates 20,000 unique names and private addresses", () => {
    const fleet = fleetOf(20_000);

    expect(new Set(fleet.map(({ name }) => name)).size).toBe(20_000);
    expect(new Set(fleet.map(({ ip }) => ip)).size).toBe(20_000);
    expect(fleet.filter(({ ip }) => !isIPv4(ip) || !/^10\..*\.(?!0$|255$)\d+$/.test(ip))).toEqual([]);
  });

  test("begins in every zone and soon has every role and profile", () => {
    const fleet = fleetOf(40);

    expect(fleet[0]).toEqual({
      name: "demo-fr-par-1-web-0001",
      ip: "10.0.0.1",
      labels: { fleet: "demo", zone: "fr-par-1", role: "web" },
      simulation: { profile: "web" },
    });
    expect(new Set(fleet.slice(0, 4).map(({ labels }) => labels?.["zone"])).size).toBe(4);
    expect(new Set(fleet.map(({ labels }) => labels?.["role"]))).toEqual(
      new Set(["web", "api", "db", "cache", "worker", "bastion"]),
    );
    expect(new Set(fleet.map(({ simulation }) => simulation?.profile)).size).toBe(4);
  });

  test("applies interval, profile and seed to all; seeds differ and stay within 32 bits", () => {
    const fleet = fleetOf(3, { interval: 9, profile: "idle", seed: 2 ** 32 - 2 });

    expect(fleet.map(({ interval }) => interval)).toEqual([9, 9, 9]);
    expect(fleet.map(({ simulation }) => simulation)).toEqual([
      { profile: "idle", seed: 4_294_967_294 },
      { profile: "idle", seed: 4_294_967_295 },
      { profile: "idle", seed: 0 },
    ]);
  });
});
