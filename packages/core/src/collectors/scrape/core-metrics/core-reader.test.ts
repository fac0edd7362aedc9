import { describe, expect, test } from "@jest/globals";
import { RecordingWriter, refreshAt, tickAt } from "../../host/testing/collect-once.ts";
import { parseText } from "../text/parse-text.ts";
import { CoreReader } from "./core-reader.ts";

/** Core metrics after each of these pages, a second apart. */
function read(pages: readonly string[]): RecordingWriter[] {
  const reader = new CoreReader();
  return pages.map((page, second) => {
    const parsed = parseText(Buffer.from(page), "text");
    const out = new RecordingWriter();
    reader.use(parsed);
    reader.write(parsed.values, tickAt(second * 1_000), out);
    return out;
  });
}

const cpus = (...cpu: readonly (readonly [user: number, idle: number, iowait: number])[]) =>
  cpu
    .map(
      ([user, idle, iowait], index) =>
        `node_cpu_seconds_total{cpu="${index}",mode="user"} ${user}\nnode_cpu_seconds_total{cpu="${index}",mode="idle"} ${idle}\n` +
        `node_cpu_seconds_total{cpu="${index}",mode="iowait"} ${iowait}\n`,
    )
    .join("");

describe("a host with node_exporter or cloud-monitor", () => {
  test("has memory, swap, load, uptime, processes as they stand", () => {
    const [out] = read([
      "node_memory_MemTotal_bytes 8e9\nnode_memory_MemAvailable_bytes 6e9\nnode_memory_SwapTotal_bytes 2e9\n" +
        "node_memory_SwapFree_bytes 1.5e9\nnode_load1 1\nnode_load5 2\nnode_load15 3\nnode_procs_running 4\n" +
        "node_boot_time_seconds 1000\nnode_time_seconds 1060.5\n",
    ]);

    expect(out!.core("memory_usage_percent")).toBe(25);
    expect(out!.core("memory_total_bytes")).toBe(8e9);
    expect(out!.core("memory_available_bytes")).toBe(6e9);
    expect(out!.core("swap_used_bytes")).toBe(5e8);
    expect([out!.core("load1"), out!.core("load5"), out!.core("load15")]).toEqual([1, 2, 3]);
    expect(out!.core("processes_running")).toBe(4);
    expect(out!.core("uptime_seconds")).toBe(60.5);
  });

  test("has its CPU usage from the second page on, waiting for I/O being idle", () => {
    const [first, second] = read([cpus([10, 100, 5], [20, 200, 5]), cpus([10.5, 100.5, 5], [20.5, 200, 5.5])]);

    expect(first!.core("cpu_usage_percent")).toBeUndefined();
    expect(second!.core("cpu_usage_percent")).toBe(50);
  });

  test("has the usage of the other CPUs while one was restarted, and none of a refresh", () => {
    const [, second] = read([cpus([10, 100, 0], [900, 900, 0]), cpus([10.25, 100.75, 0], [0.5, 0.5, 0])]);
    const reader = new CoreReader();
    const parsed = parseText(Buffer.from(cpus([1, 1, 1])), "text");
    const refreshed = new RecordingWriter();
    reader.use(parsed);
    reader.write(parsed.values, refreshAt(0), refreshed);

    expect(second!.core("cpu_usage_percent")).toBe(25);
    expect(refreshed.columns.size).toBe(0);
  });

  test("has the bytes of whole disks and physical interfaces only", () => {
    const page = (bytes: number) =>
      ["sda", "sda1", "nvme0n1", "nvme0n1p2", "dm-0", "md0", "loop1", "mmcblk0p1"]
        .map(
          (device) =>
            `node_disk_read_bytes_total{device="${device}"} ${bytes}\nnode_disk_written_bytes_total{device="${device}"} ${2 * bytes}\n`,
        )
        .join("") +
      ["eth0", "enp3s0", "lo", "veth1a2b", "docker0", "br-9f", "bond0", "eth0.100", "wg0"]
        .map(
          (device) =>
            `node_network_receive_bytes_total{device="${device}"} ${bytes}\nnode_network_transmit_bytes_total{device="${device}"} ${3 * bytes}\n`,
        )
        .join("");
    const [, out] = read([page(1_000), page(1_500)]);

    expect(out!.core("disk_read_bytes_per_second")).toBe(2 * 500);
    expect(out!.core("disk_written_bytes_per_second")).toBe(2 * 1_000);
    expect(out!.core("network_receive_bytes_per_second")).toBe(2 * 500);
    expect(out!.core("network_transmit_bytes_per_second")).toBe(2 * 1_500);
  });

  test("has the fullest of its writable filesystems, as df shows it", () => {
    const filesystem = (labels: string, [size, free, available, readonly]: readonly number[]) =>
      `node_filesystem_size_bytes{${labels}} ${size}\nnode_filesystem_free_bytes{${labels}} ${free}\n` +
      `node_filesystem_avail_bytes{${labels}} ${available}\nnode_filesystem_readonly{${labels}} ${readonly}\n`;
    const [out] = read([
      filesystem('device="/dev/sda1",fstype="ext4",mountpoint="/"', [1_000, 500, 450, 0]) +
        filesystem('device="/dev/sr0",fstype="ext4",mountpoint="/mnt"', [1_000, 0, 0, 1]) +
        filesystem('device="tmpfs",fstype="tmpfs",mountpoint="/run"', [1_000, 1, 1, 0]) +
        filesystem('device="/dev/sdb1",fstype="xfs",mountpoint="/data"', [1_000, 900, 900, 0]),
    ]);

    expect(out!.core("filesystem_usage_percent")).toBeCloseTo((100 * 500) / 950, 6);
  });
});

test("a host with windows_exporter has its core metrics too", () => {
  const page = (seconds: number) =>
    `windows_cpu_time_total{core="0,0",mode="idle"} ${100 + seconds * 0.75}\nwindows_cpu_time_total{core="0,1",mode="idle"} ${50 + seconds * 0.25}\n` +
    `windows_cpu_time_total{core="0,0",mode="privileged"} ${seconds}\nwindows_cpu_time_total{core="0,0",mode="dpc"} ${seconds}\n` +
    "windows_memory_physical_total_bytes 8e9\nwindows_memory_available_bytes 2e9\n" +
    `windows_system_boot_time_timestamp ${Date.UTC(2026, 0, 1) / 1000 - 3_600}\n` +
    'windows_logical_disk_size_bytes{volume="C:"} 100\nwindows_logical_disk_free_bytes{volume="C:"} 40\n' +
    'windows_logical_disk_size_bytes{volume="HarddiskVolume1"} 100\nwindows_logical_disk_free_bytes{volume="HarddiskVolume1"} 1\n' +
    `windows_logical_disk_read_bytes_total{volume="C:"} ${seconds * 10}\nwindows_logical_disk_write_bytes_total{volume="C:"} ${seconds * 20}\n` +
    `windows_net_bytes_received_total{nic="Intel"} ${seconds * 30}\nwindows_net_bytes_sent_total{nic="Intel"} ${seconds * 40}\n` +
    `windows_net_bytes_received_total{nic="isatap._x"} ${seconds * 5e6}\nwindows_net_bytes_sent_total{nic="isatap._x"} 0\n`;
  const [, out] = read([page(0), page(1)]);

  expect(out!.core("cpu_usage_percent")).toBe(50);
  expect(out!.core("memory_usage_percent")).toBe(75);
  expect(out!.core("uptime_seconds")).toBe(3_601);
  expect(out!.core("filesystem_usage_percent")).toBe(60);
  expect(out!.core("disk_read_bytes_per_second")).toBe(10);
  expect(out!.core("disk_written_bytes_per_second")).toBe(20);
  expect(out!.core("network_receive_bytes_per_second")).toBe(30);
  expect(out!.core("network_transmit_bytes_per_second")).toBe(40);
});

test("what no known exporter says stays unknown", () => {
  const [out] = read(['http_requests_total{code="200"} 5\nnode_memory_MemTotal_bytes 0\nnode_load1 NaN\n']);

  expect([...out!.columns.values()]).toEqual([0]);
});
