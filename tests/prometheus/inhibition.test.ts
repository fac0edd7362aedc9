import { afterEach, expect } from "@jest/globals";
import { eventually } from "../support/eventually.ts";
import { needs } from "../support/programs.ts";
import { TestAlertmanager } from "./test-alertmanager.ts";
import type { Labels } from "./test-alertmanager.ts";

const withAlertmanager = needs("prometheus-alertmanager");

let alertmanager: TestAlertmanager | null = null;

afterEach(async () => {
  await alertmanager?.dispose();
  alertmanager = null;
});

withAlertmanager("ZoneOutage silences InstanceDown of its zone, and of no other", async () => {
  const expected = ["ZoneOutage", "b-1", "lone"];

  const active = await sentOf(
    expected,
    { alertname: "ZoneOutage", severity: "critical", zone: "a" },
    down({ name: "a-1", zone: "a" }),
    down({ name: "b-1", zone: "b" }),
    down({ name: "lone" }),
  );

  expect(active).toEqual(expected);
});

withAlertmanager("a ZoneOutage without a zone, of whatever rule, silences nothing", async () => {
  const expected = ["ZoneOutage", "b-1", "lone"];

  const active = await sentOf(
    expected,
    { alertname: "ZoneOutage", severity: "critical" },
    down({ name: "lone" }),
    down({ name: "b-1", zone: "b" }),
  );

  expect(active).toEqual(expected);
});

withAlertmanager("alerts of other rules are silenced by none of ours, nor by one another", async () => {
  const expected = ["HostDown", "critical pod", "probe", "warning pod"];

  const active = await sentOf(
    expected,
    { alertname: "HostDown", severity: "critical", job: "cloud-monitor", instance: "h:8080" },
    { alertname: "ProbeFailed", severity: "warning", job: "blackbox", instance: "h:8080", name: "probe" },
    { alertname: "PodCrashing", severity: "critical", pod: "a", name: "critical pod" },
    { alertname: "PodCrashing", severity: "warning", pod: "b", name: "warning pod" },
  );

  expect(active).toEqual(expected);
});

withAlertmanager("HostDown silences everything else that its daemon tells", async () => {
  const expected = ["HostDown", "other queue"];

  const active = await sentOf(
    expected,
    { alertname: "HostDown", severity: "critical", instance: "h:8080" },
    down({ name: "a-1", zone: "a" }),
    { alertname: "QueueNearlyFull", severity: "critical", instance: "h:8080" },
    { alertname: "QueueNearlyFull", severity: "critical", instance: "k:8080", name: "other queue" },
  );

  expect(active).toEqual(expected);
});

withAlertmanager("critical silences the warning of the same alert about the same thing", async () => {
  const disk = { alertname: "HostDiskNearlyFull", instance: "h:8080" };
  const expected = ["/ critical", "/data warning", "inodes"];

  const active = await sentOf(
    expected,
    { ...disk, severity: "critical", filesystem: "/dev/vda", name: "/ critical" },
    { ...disk, severity: "warning", filesystem: "/dev/vda", name: "/ warning" },
    { ...disk, severity: "warning", filesystem: "/dev/vdb", name: "/data warning" },
    { alertname: "HostInodesLow", instance: "h:8080", severity: "warning", filesystem: "/dev/vda", name: "inodes" },
  );

  expect(active).toEqual(expected);
});

/** The alerts that would be sent with the shipped configuration: Alertmanager gets the inhibiting ones slightly later. */
async function sentOf(expected: readonly string[], ...alerts: readonly Labels[]): Promise<readonly string[] | null> {
  const running = new TestAlertmanager();
  alertmanager = running;
  await running.post(alerts);
  return eventually(
    () => running.active(),
    (active) => active?.join() === expected.join(),
  );
}

function down(labels: Labels): Labels {
  return { alertname: "InstanceDown", severity: "warning", instance: "h:8080", ...labels };
}
