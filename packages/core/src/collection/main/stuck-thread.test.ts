import { execFileSync } from "node:child_process";
import { closeSync, constants, mkdtempSync, openSync, readdirSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { COLUMN } from "../../model/core-metrics.ts";
import { FAILURE_REASONS } from "../../model/failure.ts";
import type { Instance } from "../../model/instance.ts";
import type { Logger } from "../../model/logger.ts";
import { silentLogger } from "../../model/logger.ts";
import { Pipeline } from "../pipeline.ts";
import { NO_DEFINITIONS } from "../../model/target-definitions.ts";
import { systemClock } from "../../platform/system-clock.ts";
import { HOST } from "../testing/test-pipeline.ts";

/** A file of /proc whose opening never returns, like a hung mount: its thread can neither be terminated nor returns by itself. */

const HOST_ID = -5;
const NEIGHBOURS = 10;

let folder: string;
let blocked: Set<string>;
let pipeline: Pipeline;
let rows: { id: number; up: boolean; reason: string }[];
let warnings: { message: string; facts: Readonly<Record<string, unknown>> }[];
let failures: { collector: string; error: string }[];
let skippedMs: number;
let look: () => void;
let hostNames: readonly string[];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "cloud-monitor-stuck-"));
  for (const name of readdirSync("/proc")) symlinkSync(`/proc/${name}`, join(folder, name));
  blocked = new Set();
  rows = [];
  warnings = [];
  failures = [];
  skippedMs = 0;
  hostNames = [];
  look = () => {};
  pipeline = new Pipeline({
    shards: { threads: 1, heapMaxMiB: 64, collectTimeoutMs: 10_000 },
    host: { ...HOST, procfs: folder },
    targets: { allowLoopback: true, ownPort: 0 },
    definitions: () => NO_DEFINITIONS,
    clock: {
      ...systemClock,
      wallMs: () => systemClock.wallMs() + skippedMs,
      monotonicMs: () => systemClock.monotonicMs() + skippedMs,
      // Longer than the timeout of a child process that hangs.
      after: (delayMs, task) => systemClock.after(Math.min(delayMs, 6_000), task),
    },
    random: () => 0.5,
    logger: { ...silentLogger, warn: (message, facts = {}) => void warnings.push({ message, facts }) } satisfies Logger,
    collectorLogger: {
      ...silentLogger,
      warn: (_message, facts) => void failures.push(facts as { collector: string; error: string }),
    },
    onRefreshed: () => {},
    onCollected: ({ batch, snapshots }) => {
      hostNames = snapshots[0]?.snapshot.layout.names ?? hostNames;
      batch.ids.forEach((id, row) => {
        const up = batch.columns[COLUMN.up]![row] === 1;
        rows.push({ id, up, reason: FAILURE_REASONS[batch.reasons[row]!]! });
      });
      look();
    },
  });
  pipeline.start();
});

afterEach(async () => {
  for (const name of blocked) restore(name);
  await pipeline.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** Puts a FIFO in the place of the file. */
function block(name: string): void {
  const path = join(folder, name);
  rmSync(path);
  execFileSync("mkfifo", [path]);
  blocked.add(name);
}

/** A reader that waits at the FIFO goes on after this time at most, with an empty file. Returns what ends this. */
function letGoEvery(delayMs: number, name: string): () => void {
  let cancel = () => {};
  const next = () => {
    letGo(name);
    cancel = systemClock.after(delayMs, next);
  };
  next();
  return () => cancel();
}

function letGo(name: string): void {
  try {
    closeSync(openSync(join(folder, name), constants.O_WRONLY | constants.O_NONBLOCK));
  } catch {
    // There is no reader.
  }
}

/** Restores the file; readers that wait at the FIFO read an empty file. */
function restore(name: string): void {
  const path = join(folder, name);
  letGo(name);
  rmSync(path);
  symlinkSync(`/proc/${name}`, path);
  blocked.delete(name);
}

function instance(id: number, kind: Instance["kind"], simulation: Instance["simulation"] = null): Instance {
  const rest = { interval: 1, target: null, profile: null, module: null, labels: {}, source: "api", createdAtMs: 0 };
  return { id, name: `i-${id}`, ip: "10.0.0.1", kind, simulation, ...rest };
}

/** Checks whenever rows arrive, which is ten times per second. */
function until(isSo: () => boolean): Promise<void> {
  return new Promise((resolve) => {
    look = () => isSo() && resolve();
    look();
  });
}

const upSince = (index: number) => new Set(rows.slice(index).flatMap(({ id, up }) => (up ? [id] : [])));

test("a host collector that blocks in the kernel costs one thread and is left out, until it responds in a child process", async () => {
  for (let id = 1; id <= NEIGHBOURS; id++) pipeline.put(instance(id, "simulated"));
  await until(() => upSince(0).size === NEIGHBOURS);
  block("loadavg");
  pipeline.put(instance(HOST_ID, "host"));
  // Scrapes during the block.
  const refreshes = [pipeline.refresh(HOST_ID), pipeline.refresh(HOST_ID)];
  await until(() => pipeline.stats.threadsStuck === 1);
  const stuckAt = rows.length;
  await until(() => upSince(stuckAt).size === NEIGHBOURS + 1);
  const { layout, values } = (await pipeline.refresh(HOST_ID))!;
  const success = layout.names.flatMap((name, index) => {
    return name === "node_scrape_collector_success" && values[index] === 0 ? [layout.labels[index]] : [];
  });

  expect(await Promise.all(refreshes)).toEqual([null, null]);
  expect(pipeline.stats.shards[0]!.replaced).toEqual({ hung: 1, crashed: 0 });
  expect(warnings.map(({ facts }) => [facts["instanceId"], facts["collector"]])).toEqual([
    [0, "loadavg"],
    [0, undefined],
  ]);
  expect(success).toEqual(['collector="loadavg"']);
  expect(layout.names).toContain("node_memory_MemTotal_bytes");
  expect(layout.names).not.toContain("node_load1");

  // Its back-off passes: it is tried in a child process, not in a thread.
  skippedMs += 30_000;
  await until(() => warnings.length === 3);
  const triedAt = rows.length;
  await until(() => upSince(triedAt).size === NEIGHBOURS + 1);

  expect(warnings[2]).toMatchObject({
    message: "host collector does not respond in time in a child process",
    facts: { collector: "loadavg" },
  });
  expect(pipeline.stats.threadsStuck).toBe(1);

  // The file is restored.
  restore("loadavg");
  skippedMs += 60_000;
  await until(() => hostNames.includes("node_load1"));

  const lost = [...pipeline.stats.shards, ...pipeline.stats.trials].reduce(
    (sum, { replaced }) => sum + replaced.hung,
    0,
  );
  expect(lost).toBe(1);
  expect(pipeline.stats.threadsStuck).toBe(0);
}, 90_000);

test("a host collector that is slow is left out without the loss of a thread, until it responds in time in a child process", async () => {
  block("loadavg");
  const end = letGoEvery(200, "loadavg");
  pipeline.put(instance(HOST_ID, "host"));
  await until(() => warnings.length > 0 || failures.some(({ error }) => error.startsWith("did not return in time")));
  const startMs = systemClock.monotonicMs();
  const { layout } = (await pipeline.refresh(HOST_ID))!;
  const tookMs = systemClock.monotonicMs() - startMs;
  skippedMs += 30_000;
  await until(() => warnings.length > 0);
  end();
  restore("loadavg");
  skippedMs += 60_000;
  await until(() => hostNames.includes("node_load1"));

  expect(failures.map(({ collector }) => collector)).toEqual(failures.map(() => "loadavg"));
  expect(failures.map(({ error }) => error)).toContainEqual(expect.stringMatching(/^blocked for \d+ ms; /));
  expect(layout.names).toContain("node_memory_MemTotal_bytes");
  expect(layout.names).not.toContain("node_load1");
  expect(tookMs).toBeLessThan(200);
  expect(warnings).toEqual([
    {
      message: "host collector does not respond in time in a child process",
      facts: { collector: "loadavg", backoffMs: expect.any(Number) },
    },
  ]);
  expect(pipeline.stats.shards[0]!.replaced).toEqual({ hung: 0, crashed: 0 });
}, 90_000);

test("after three stuck threads a newcomer is first tried in a child process, and only one that responds gets a thread", async () => {
  for (const name of ["loadavg", "uptime", "vmstat"]) block(name);
  pipeline.put(instance(HOST_ID, "host"));
  await until(() => pipeline.stats.threadsStuck === 3);

  pipeline.put(instance(1, "simulated"));
  pipeline.put(instance(2, "simulated", { fault: "hang" }));
  await until(() => upSince(0).has(1) && rows.some(({ id, reason }) => id === 2 && reason === "hung"));

  expect(pipeline.stats.trials.map(({ replaced }) => replaced.hung)).toEqual([0, 0, 0, 0]);
  const inChild = warnings.filter(({ message }) => message === "instance does not respond in a child process");
  expect(inChild.map(({ facts }) => facts["instanceId"])).toContain(2);
}, 90_000);
