import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { afterEach, expect } from "@jest/globals";
import type { InstanceMetrics } from "@cloud-monitor/client";
import { TestDaemon } from "../support/daemon.ts";
import { eventually } from "../support/eventually.ts";
import { needs } from "../support/programs.ts";
import { runProgram } from "../support/run-program.ts";

const PROMETHEUS_CONFIG = fileURLToPath(new URL("../../prometheus/prometheus.yml", import.meta.url));

const CAMEL_CASE = /^node_memory_(\w+?)(_bytes)? metric names should be written in 'snake_case' not 'camelCase'$/;

const OTHER_CAMEL_CASE = /^node_(netstat|sockstat)_\w+ metric names should be written in 'snake_case' not 'camelCase'$/;
const BITS = /^node_entropy_(available|pool_size)_bits use base unit "bytes" instead of "bits"$/;

/** Fields of this kernel's /proc/meminfo: names contain them unchanged, as in node_exporter. */
const MEMINFO_FIELDS = readFileSync("/proc/meminfo", "utf8")
  .trimEnd()
  .split("\n")
  .map((line) => line.slice(0, line.indexOf(":")).replaceAll(/[()]/g, "_").replace(/_$/, ""));

let daemon: TestDaemon | null = null;

afterEach(async () => {
  await daemon?.dispose();
  daemon = null;
});

const withPromtool = needs("promtool");

withPromtool("promtool check metrics accepts /metrics of a running daemon in silence", async () => {
  const running = new TestDaemon({ env: { STORAGE: "memory", DEFAULT_INTERVAL: "1" } });
  daemon = running;
  await running.send("POST", "/instances", { name: "web-1", ip: "10.0.0.1" });
  await running.send("POST", "/instances", { name: "down", ip: "10.0.0.2", simulation: { fault: "throw" } });
  const hostile = { name: 'a"b\\c{d="e"}\u{1f525}', ip: "::1", labels: { note: 'back\\slash\\n "quoted", {x="y"} 1' } };
  const added = await running.send("POST", "/instances", hostile);

  const young = await lintsOf(running);
  await eventually(
    () => running.json<InstanceMetrics>("/metrics/0"),
    ({ cpuUsage }) => cpuUsage !== null,
  );
  const settled = await lintsOf(running);
  const text = await (await running.fetch("/metrics")).text();

  expect(added.status).toBe(201);
  expect(text).toContain('cloud_monitor_instance_up{id="2",name="down"} 0');
  expect(text).toContain('name="a\\"b\\\\c{d=\\"e\\"}\u{1f525}"');
  expect(text).toMatch(/^node_cpu_usage_percent \d/m);
  expect(young).toEqual([]);
  expect(settled).toEqual([]);
});

withPromtool("promtool check config accepts the shipped Prometheus configuration", async () => {
  const { code, stderr } = await runProgram("promtool", { args: ["check", "config", PROMETHEUS_CONFIG] });

  expect(stderr).toBe("");
  expect(code).toBe(0);
});

/** Its remarks, one per line, except those on names that are node_exporter's and contain those of the kernel. */
async function lintsOf(running: TestDaemon): Promise<string[]> {
  const page = await (await running.fetch("/metrics")).text();
  const { stdout, stderr } = await runProgram("promtool", { args: ["check", "metrics"], stdin: page });
  const remarks = `${stdout}${stderr}`.split("\n").filter((line) => line !== "");
  return remarks.filter((line) => {
    const isOfMeminfo = MEMINFO_FIELDS.includes(CAMEL_CASE.exec(line)?.[1] ?? "");
    return !isOfMeminfo && !OTHER_CAMEL_CASE.test(line) && !BITS.test(line);
  });
}
