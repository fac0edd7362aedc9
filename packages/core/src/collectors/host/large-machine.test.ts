import { expect, test } from "@jest/globals";
import { hostCollectors } from "../testing/enabled-host-collectors.ts";
import { defaultOptions } from "../testing/default-options.ts";
import { RecordingWriter, HOST, ScratchFolder, tickAt } from "./testing/collect-once.ts";

const CPUS = 2_048;
const NAMES = ["cpu", "cpufreq", "interrupts", "schedstat", "softnet"];
const cpus = Array.from({ length: CPUS }, (_, cpu) => cpu);
const hex = (value: number) => value.toString(16).padStart(8, "0");

test("a machine with 2,048 CPUs has the values of each, counters near 2^64 included", () => {
  using folder = new ScratchFolder();
  folder.write(
    "stat",
    `cpu  1 1 1 1\n${cpus.map((cpu) => `cpu${cpu} ${cpu} 0 0 ${2n ** 64n - 1n} 0 0 0 0 0 0\n`).join("")}ctxt 1\n`,
  );
  folder.write(
    "schedstat",
    `version 15\n${cpus.map((cpu) => `cpu${cpu} 0 0 0 0 0 0 ${cpu}000000000 0 9007199254740993\n`).join("")}`,
  );
  folder.write("net/softnet_stat", cpus.map((cpu) => `${hex(cpu)} ${"0 ".repeat(11)}${hex(cpu)} 0 0\n`).join(""));
  folder.write(
    "interrupts",
    `${cpus.map((cpu) => ` CPU${cpu}`).join("")}\n 9: ${cpus.join(" ")} PCI-MSI 9-edge nvme0q9\n`,
  );
  for (const cpu of [0, 9, 2_047]) {
    const own = `sys/devices/system/cpu/cpu${cpu}`;
    folder.write(`${own}/cpufreq/scaling_cur_freq`, `${1_000_000 + cpu}\n`);
    folder.write(`${own}/topology/core_id`, `${cpu}\n`);
    folder.write(`${own}/topology/physical_package_id`, "0\n");
    folder.write(`${own}/thermal_throttle/core_throttle_count`, `${cpu}\n`);
  }
  const out = new RecordingWriter();

  const options = {
    ...defaultOptions(),
    procfs: folder.path,
    sysfs: `${folder.path}/sys`,
    collectorsDefaultsDisabled: true,
  };
  for (const collector of hostCollectors({ ...options, collectorsEnabled: NAMES }, folder.files)) {
    collector.collect(HOST, tickAt(0), out);
  }

  const { samples } = out;
  const value = (series: string) => samples.get(series);
  expect(cpus.map((cpu) => value(`node_cpu_seconds_total{cpu="${cpu}",mode="user"}`))).toEqual(
    cpus.map((cpu) => cpu / 100),
  );
  expect(value('node_cpu_seconds_total{cpu="2047",mode="idle"}')).toBe(2 ** 64 / 100);
  expect(cpus.map((cpu) => value(`node_schedstat_running_seconds_total{cpu="${cpu}"}`))).toEqual(cpus);
  expect(value('node_schedstat_timeslices_total{cpu="2047"}')).toBe(9_007_199_254_740_992);
  expect(cpus.map((cpu) => value(`node_softnet_processed_total{cpu="${cpu}"}`))).toEqual(cpus);
  expect(
    cpus.map((cpu) => value(`node_interrupts_total{cpu="${cpu}",devices="9-edge nvme0q9",info="PCI-MSI",type="9"}`)),
  ).toEqual(cpus);
  expect(value('node_cpu_scaling_frequency_hertz{cpu="2047"}')).toBe(1_002_047_000);
  expect(value('node_cpu_core_throttles_total{core="2047",package="0"}')).toBe(2_047);
});
