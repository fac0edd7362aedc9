import { expect, test } from "@jest/globals";
import { HOST, RecordingWriter, collectOnce, tickAt } from "../testing/collect-once.ts";
import { SystemdCollector } from "./systemd.ts";
import type { PropertyValue, SystemdManager, Unit } from "./systemd-manager.ts";

const OPTIONS = {
  systemdBusSocket: "/none",
  systemdUnitsExclude: /^.+\.(automount|device|mount|scope|slice)$/,
  systemdUnitsInclude: /^.+$/,
  systemdRestarts: true,
  systemdStartTimes: true,
  systemdTasks: true,
};
const PROPERTIES: Readonly<Record<string, PropertyValue>> = {
  "/org/freedesktop/systemd1 Manager SystemState": "degraded",
  "/org/freedesktop/systemd1 Manager Version": "252.36-1~deb12u1",
  "/org/freedesktop/systemd1 Manager Virtualization": "",
  "/a Service Type": "notify",
  "/a Service NRestarts": 3,
  "/a Service TasksCurrent": 7n,
  "/a Service TasksMax": 18_446_744_073_709_551_615n,
  "/a Unit ActiveEnterTimestamp": 1_700_000_000_500_000n,
  "/b Service Type": "oneshot",
  "/b Service NRestarts": 0,
  "/c Socket NAccepted": 5,
  "/c Socket NConnections": 1,
  "/d Timer LastTriggerUSec": 1_700_000_001_000_000n,
};

const unit = (path: string, name: string, activeState: string, loadState = "loaded"): Unit => ({
  path,
  name,
  activeState,
  loadState,
});

class TestManager implements SystemdManager {
  readonly asked: string[] = [];
  units: readonly Unit[] = [
    unit("/a", "a.service", "active"),
    unit("/b", "b.service", "failed"),
    unit("/c", "c.socket", "active"),
    unit("/d", "d.timer", "active"),
    unit("/e", "e.mount", "active"),
    unit("/f", "f.service", "inactive", "not-found"),
  ];
  isClosed = false;

  async listUnits(): Promise<readonly Unit[]> {
    return this.units;
  }

  async property(path: string, interfaceName: string, name: string): Promise<PropertyValue | null> {
    const key = `${path} ${interfaceName.slice(interfaceName.lastIndexOf(".") + 1)} ${name}`;
    this.asked.push(key);
    return PROPERTIES[key] ?? null;
  }

  close(): void {
    this.isClosed = true;
  }
}

test("serves the states of the selected units and what their kinds have; all units count in the sums", async () => {
  const collector = new SystemdCollector(OPTIONS, async () => new TestManager());
  await collector.prepare();

  const { samples } = collectOnce(collector, tickAt(0));

  expect([...samples].filter(([name, value]) => value === 1 && name.startsWith("node_systemd_unit_state"))).toEqual([
    ['node_systemd_unit_state{name="a.service",state="active",type="notify"}', 1],
    ['node_systemd_unit_state{name="b.service",state="failed",type="oneshot"}', 1],
    ['node_systemd_unit_state{name="c.socket",state="active",type=""}', 1],
    ['node_systemd_unit_state{name="d.timer",state="active",type=""}', 1],
  ]);
  expect([...samples].filter(([name]) => !name.startsWith("node_systemd_unit_state"))).toEqual([
    ['node_systemd_service_restart_total{name="a.service"}', 3],
    ['node_systemd_unit_tasks_current{name="a.service"}', 7],
    ['node_systemd_unit_start_time_seconds{name="a.service"}', 1_700_000_000.5],
    ['node_systemd_service_restart_total{name="b.service"}', 0],
    ['node_systemd_unit_start_time_seconds{name="b.service"}', 0],
    ['node_systemd_socket_accepted_connections_total{name="c.socket"}', 5],
    ['node_systemd_socket_current_connections{name="c.socket"}', 1],
    ['node_systemd_timer_last_trigger_seconds{name="d.timer"}', 1_700_000_001],
    ['node_systemd_units{state="activating"}', 0],
    ['node_systemd_units{state="active"}', 4],
    ['node_systemd_units{state="deactivating"}', 0],
    ['node_systemd_units{state="failed"}', 1],
    ['node_systemd_units{state="inactive"}', 1],
    ["node_systemd_system_running", 0],
    ['node_systemd_version{version="252.36-1~deb12u1"}', 252.36],
    ['node_systemd_virtualization_info{virtualization_type="none"}', 1],
  ]);
});

test("asks for a unit's type once", async () => {
  const manager = new TestManager();
  const collector = new SystemdCollector(OPTIONS, async () => manager);
  await collector.prepare();
  await collector.prepare();

  expect(manager.asked.filter((key) => key === "/a Service Type")).toHaveLength(1);
  expect(manager.asked.filter((key) => key === "/a Service NRestarts")).toHaveLength(2);
});

test("without a response in time it fails, and the late one is not served as a later one", async () => {
  const answer = Promise.withResolvers<readonly Unit[]>();
  const manager = new TestManager();
  manager.listUnits = () => answer.promise;
  const collector = new SystemdCollector(OPTIONS, async () => manager);
  const first = collector.prepare();
  expect(() => collector.collect(HOST, tickAt(0), new RecordingWriter())).toThrow("systemd did not respond in time");
  answer.resolve([]);
  await first;

  manager.listUnits = async () => [unit("/a", "a.service", "active")];
  await collector.prepare();

  expect(collectOnce(collector, tickAt(1)).samples.get('node_systemd_units{state="active"}')).toBe(1);
});

test("a lost connection is an error, and the next reading connects again", async () => {
  const managers = [new TestManager(), new TestManager()];
  managers[0]!.listUnits = () => Promise.reject(new Error("socket closed"));
  let count = 0;
  const collector = new SystemdCollector(OPTIONS, async () => managers[count++]!);
  await collector.prepare();
  expect(() => collector.collect(HOST, tickAt(0), new RecordingWriter())).toThrow("unavailable: socket closed");
  await collector.prepare();

  expect(collectOnce(collector, tickAt(1)).samples.get("node_systemd_system_running")).toBe(0);
  expect(managers[0]!.isClosed).toBe(true);
});
