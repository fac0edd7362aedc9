import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect } from "@jest/globals";
import { createClient } from "dbus-native";
import type { MessageBus } from "dbus-native";
import { TestDaemon } from "../support/daemon.ts";
import { eventually } from "../support/eventually.ts";
import { needs } from "../support/programs.ts";

let folder: string;
const busTest = needs("dbus-daemon");
let socket: string;
let busDaemon: ChildProcess;
let service: MessageBus;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "cloud-monitor-bus-"));
  socket = join(folder, "bus");
  busDaemon = spawn("dbus-daemon", ["--session", "--nofork", "--print-address=1", `--address=unix:path=${socket}`], {
    stdio: ["ignore", "pipe", "ignore"],
  });
  await once(busDaemon.stdout!, "data");
  service = createClient({ socket, authMethods: ["EXTERNAL"] });
  await service.ownName("org.freedesktop.systemd1");
});

afterEach(async () => {
  service.connection.end();
  if (busDaemon.kill()) await once(busDaemon, "exit");
  rmSync(folder, { recursive: true });
});

/** Answers as systemd does, with one unit. */
function answerAsSystemd(): void {
  const manager = {
    ListUnits: () => [["a.service", "A", "loaded", "active", "running", "", "/a", 0, "", "/"]],
    SystemState: "running",
    Version: "252.1",
  };
  service.exportInterface(manager, "/org/freedesktop/systemd1", {
    name: "org.freedesktop.systemd1.Manager",
    methods: { ListUnits: ["", "a(ssssssouso)", [], []] },
    properties: { SystemState: "s", Version: "s" },
  });
  service.exportInterface({ Type: "simple" }, "/a", {
    name: "org.freedesktop.systemd1.Service",
    methods: {},
    properties: { Type: "s" },
  });
}

busTest("the systemd collector reads units by the system bus, and the daemon goes on without it", async () => {
  answerAsSystemd();
  const flags = ["--collector.systemd", `--host-systemd-bus-socket=${socket}`];
  await using daemon = new TestDaemon({ env: { STORAGE: "memory", METRICS_CACHE_TTL: "0s" }, args: flags });
  await daemon.ready();

  const page = await eventually(
    async () => (await daemon.fetch("/metrics")).text(),
    (text) => text.includes('node_scrape_collector_success{collector="systemd"} 1'),
  );
  busDaemon.kill();
  const without = await eventually(
    async () => (await daemon.fetch("/metrics")).text(),
    (text) => text.includes('node_scrape_collector_success{collector="systemd"} 0'),
  );

  expect(page).toContain('\nnode_systemd_unit_state{name="a.service",state="active",type="simple"} 1\n');
  expect(page).toContain('\nnode_systemd_units{state="active"} 1\n');
  expect(page).toContain("\nnode_systemd_system_running 1\n");
  expect(without).not.toContain("node_systemd_");
  expect(without).toContain("\nnode_load1 ");
});
