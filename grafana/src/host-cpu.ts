import type { Section } from "./layout.ts";
import { timeseries } from "./panels.ts";
import { series } from "./queries.ts";

const ON = 'job="$job", instance="$daemon"';

const PROCESSORS: Section = {
  title: "Processors",
  panels: [
    timeseries({
      title: "Processor time by mode",
      about:
        "Where processor time goes, in percent of all processors. `iowait` is idle time with a task waiting for a disk, `steal` what the hypervisor gave to others.",
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
      title: "Busy share of each processor",
      about: "Time neither idle nor waiting for I/O. One at 100 beside idle ones is a program with a single thread.",
      unit: "percent",
      min: 0,
      max: 100,
      queries: [
        series(
          `100 * (1 - sum by (cpu) (rate(node_cpu_seconds_total{${ON}, mode=~"idle|iowait"}[$__rate_interval])))`,
          "processor {{cpu}}",
        ),
      ],
    }),
    timeseries({
      title: "Load",
      about: "Runnable and uninterruptible tasks, averaged over 1, 5 and 15 minutes, beside the number of processors.",
      unit: "none",
      min: 0,
      queries: [
        series(`node_load1{${ON}}`, "1 minute"),
        series(`node_load5{${ON}}`, "5 minutes"),
        series(`node_load15{${ON}}`, "15 minutes"),
        series(`count(node_cpu_seconds_total{${ON}, mode="idle"})`, "processors"),
      ],
      width: 8,
    }),
    timeseries({
      title: "Tasks",
      about: "Tasks that run or wait for a processor, and tasks that wait for a disk or another device.",
      unit: "none",
      min: 0,
      queries: [
        series(`node_procs_running{${ON}}`, "run or wait for a processor"),
        series(`node_procs_blocked{${ON}}`, "wait for a device"),
      ],
      width: 8,
    }),
    timeseries({
      title: "Switches, interrupts and new tasks",
      about: "A second. Many new tasks are often a script in a loop.",
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
      about: "Used is what is not available to new work. Cached file contents are given back when work needs the room.",
      unit: "bytes",
      min: 0,
      queries: [
        series(`node_memory_used_bytes{${ON}}`, "used"),
        series(`node_memory_available_bytes{${ON}}`, "available"),
        series(`node_memory_cached_bytes{${ON}}`, "holds file contents"),
        series(`node_memory_total_bytes{${ON}}`, "total"),
      ],
    }),
    timeseries({
      title: "Swap, and what waits to be written",
      about: "Swap in use that grows means memory is short. Dirty pages that grow mean that the disks do not keep up.",
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
