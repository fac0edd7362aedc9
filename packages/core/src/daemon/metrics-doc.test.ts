import { readFileSync } from "node:fs";
import { expect, test } from "@jest/globals";
import { FLEET_METRICS } from "../model/catalogue/fleet.ts";
import { OWN_METRICS } from "./catalogue.ts";
import { metricsRows } from "./testing/metrics-table.ts";

test("docs/metrics.md lists the metrics of daemon and fleet, all of them and no other", () => {
  const page = readFileSync(new URL("../../../../docs/metrics.md", import.meta.url), "utf8");

  const listed = page.split("\n").filter((line) => line.startsWith("| `"));

  expect(listed).toEqual(metricsRows([...OWN_METRICS, ...FLEET_METRICS]));
});
