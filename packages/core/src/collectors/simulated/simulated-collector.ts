import type { Collector, InstanceRef, CollectContext, SampleWriter } from "../../model/collector.ts";
import { COLUMN } from "../../model/core-metrics.ts";
import { injectFault } from "./fault.ts";
import type { Wait } from "./fault.ts";
import { cpuShare, filesystemShare, machineOf, memoryShare, uptimeMs } from "./machine.ts";
import type { Machine } from "./machine.ts";
import { smoothNoise } from "./noise.ts";

/** Simulates machines: each value depends only on the instance's seed and the time. */
export class SimulatedCollector implements Collector {
  readonly name = "simulated";
  readonly #wait: Wait;
  /** Keyed by the ref object itself: a changed instance is a new object, and a removed one is garbage-collected with it. */
  readonly #machines = new WeakMap<InstanceRef, Machine>();

  constructor(wait: Wait) {
    this.#wait = wait;
  }

  collect(instance: InstanceRef, context: CollectContext, out: SampleWriter): void | Promise<void> {
    const { simulation } = instance;
    const fault = simulation?.fault === undefined ? undefined : injectFault(simulation, context, this.#wait);
    const machine = this.#machineOf(instance);
    if (fault === undefined) return play(machine, context.wallMs, out);
    return fault.then(() => play(machine, context.wallMs, out));
  }

  #machineOf(instance: InstanceRef): Machine {
    const known = this.#machines.get(instance);
    if (known !== undefined) return known;
    const machine = machineOf(instance.name, instance.createdAtMs, instance.simulation);
    this.#machines.set(instance, machine);
    return machine;
  }
}

function play(machine: Machine, atMs: number, out: SampleWriter): void {
  const cpu = cpuShare(machine, atMs);
  const memory = memoryShare(machine, atMs, cpu);
  const traffic = cpu * (0.7 + 0.6 * smoothNoise(machine.seed + 16, atMs / 15_000));
  const pressure = Math.max(0, memory - 0.9) * 5;
  // Load averages lag by about half their window.
  const load = (backMs: number) => machine.cores * cpuShare(machine, atMs - backMs) * 1.1;
  const load1 = load(30_000);
  out.column(COLUMN.cpu_usage_percent, cpu * 100);
  out.column(COLUMN.memory_usage_percent, memory * 100);
  out.column(COLUMN.uptime_seconds, uptimeMs(machine, atMs) / 1000);
  out.column(COLUMN.load1, load1);
  out.column(COLUMN.load5, load(150_000));
  out.column(COLUMN.load15, load(450_000));
  out.column(COLUMN.memory_total_bytes, machine.memoryBytes);
  out.column(COLUMN.memory_available_bytes, Math.round(machine.memoryBytes * (1 - memory)));
  out.column(COLUMN.swap_used_bytes, Math.round(machine.memoryBytes * 0.25 * pressure));
  out.column(COLUMN.filesystem_usage_percent, filesystemShare(machine, atMs) * 100);
  out.column(COLUMN.disk_read_bytes_per_second, 0.6 * machine.profile.diskBytes * traffic);
  out.column(COLUMN.disk_written_bytes_per_second, 0.4 * machine.profile.diskBytes * traffic);
  out.column(COLUMN.network_receive_bytes_per_second, 0.35 * machine.profile.networkBytes * traffic);
  out.column(COLUMN.network_transmit_bytes_per_second, 0.65 * machine.profile.networkBytes * traffic);
  out.column(COLUMN.processes_running, 1 + Math.round(load1));
}
