import type { Section } from "./layout.ts";
import { timeseries } from "./panels.ts";
import { series } from "./queries.ts";

const ON = 'job="$job", instance="$daemon"';

const PROCESSORS: Section = {
  title: "CPU",
  panels: [
    timeseries({
      title: "CPU time by mode",
      about:
        "CPU time by mode, in percent of all CPUs. `iowait` is idle time with a task waiting for a disk, `steal` time that the hypervisor gave to other guests.",
      unit: "percent",
      min: 0,
      max: 100,
      stacked: true,
      queries: [
        series(
          `100 * sum by (mode) (rate(node_cpu_seconds_total{${ON}, mode!="idle"}[$__rate_interval])) / scalar(count(node_cpu_seconds_total{${ON}, mode="idle"}))`,
          "{{mode}}",
        ),
      ],
    }),
    timeseries({
      title: "Usage per CPU",
      about:
        "Time neither idle nor waiting for I/O. One CPU at 100 % while others are idle indicates a single-threaded program.",
      unit: "percent",
      min: 0,
      max: 100,
      queries: [
        series(
          `100 * (1 - sum by (cpu) (rate(node_cpu_seconds_total{${ON}, mode=~"idle|iowait"}[$__rate_interval])))`,
          "CPU {{cpu}}",
        ),
      ],
    }),
    timeseries({
      title: "Load",
      about: "Runnable and uninterruptible tasks, averaged over 1, 5 and 15 minutes, and the number of CPUs.",
      unit: "none",
      min: 0,
      queries: [
        series(`node_load1{${ON}}`, "1 minute"),
        series(`node_load5{${ON}}`, "5 minutes"),
        series(`node_load15{${ON}}`, "15 minutes"),
        series(`count(node_cpu_seconds_total{${ON}, mode="idle"})`, "CPUs"),
      ],
      width: 8,
    }),
    timeseries({
      title: "Tasks",
      about: "Tasks running or waiting for a CPU, and tasks blocked waiting for I/O.",
      unit: "none",
      min: 0,
      queries: [
        series(`node_procs_running{${ON}}`, "running or waiting for a CPU"),
        series(`node_procs_blocked{${ON}}`, "blocked waiting for I/O"),
      ],
      width: 8,
    }),
    timeseries({
      title: "Context switches, interrupts and new tasks",
      about: "Per second. Many new tasks are often a script in a loop.",
      unit: "ops",
      min: 0,
      queries: [
        series(`rate(node_context_switches_total{${ON}}[$__rate_interval])`, "context switches"),
        series(`rate(node_intr_total{${ON}}[$__rate_interval])`, "interrupts"),
        series(`rate(node_forks_total{${ON}}[$__rate_interval])`, "new tasks"),
      ],
      width: 8,
    }),
  ],
};

const MEMORY: Section = {
  title: "Memory",
  panels: [
    timeseries({
      title: "Memory",
      about: "Used is memory not available to new processes. Cached file contents are reclaimed when memory is needed.",
      unit: "bytes",
      min: 0,
      queries: [
        series(`node_memory_used_bytes{${ON}}`, "used"),
        series(`node_memory_available_bytes{${ON}}`, "available"),
        series(`node_memory_cached_bytes{${ON}}`, "page cache"),
        series(`node_memory_total_bytes{${ON}}`, "total"),
      ],
    }),
    timeseries({
      title: "Swap and dirty pages",
      about: "Growing swap usage means that memory is scarce. Growing dirty pages mean that the disks do not keep up.",
      unit: "bytes",
      min: 0,
      queries: [
        series(`node_swap_used_bytes{${ON}}`, "swap used"),
        series(`node_swap_total_bytes{${ON}}`, "swap"),
        series(`node_memory_Dirty_bytes{${ON}}`, "dirty"),
        series(`node_memory_Writeback_bytes{${ON}}`, "being written"),
      ],
    }),
  ],
};

/** Processors and memory of the host. */
export const HOST_CPU: readonly Section[] = [PROCESSORS, MEMORY];
