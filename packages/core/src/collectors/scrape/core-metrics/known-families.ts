import type { CoreMetric } from "../../../model/core-metrics.ts";

export type Labels = ReadonlyMap<string, string>;

/** A value that is a core metric, or part of one, as it stands. */
export type Reading =
  | CoreMetric
  | "boot_time_seconds"
  | "time_seconds"
  | "swap_total_bytes"
  | "swap_free_bytes"
  | "filesystem_size_bytes"
  | "filesystem_free_bytes"
  | "filesystem_available_bytes"
  | "filesystem_readonly";

/** A counter of which the core metrics have the increase: of the CPUs the busy and idle time, of disks and interfaces bytes. */
export type Count = "cpu_busy" | "cpu_idle" | "cpu_idle_alone" | "disk_read" | "disk_written" | "received" | "sent";

/** What a family of a known exporter says about its host. */
export interface KnownFamily {
  readonly name: string;
  readonly is: Reading | ((labels: Labels) => Count | Reading | null);
}

/**
 * Block devices that are not whole disks: partitions, and those that others are stacked on or that have no storage of their own.
 * Their bytes are counted on the disks below them.
 */
const NO_WHOLE_DISK =
  /^(?:(?:h|s|v|xv)d[a-z]+\d+|nvme\d+(?:c\d+)?n\d+p\d+|mmcblk\d+(?:p|boot)\d+|(?:loop|ram|zram|dm-|md|sr|fd|drbd|nbd|bcache)\d+\w*)$/;
/** Interfaces whose bytes are counted on a physical one, or that never leave the host. */
const NO_PHYSICAL_INTERFACE =
  /^(?:lo|lo0|(?:veth|docker|br-|virbr|cni|cali|flannel|tunl|tun|tap|wg|dummy|ifb|bond|team|vnet|lxc|lxd|kube-|nodelocaldns|sit|ip6tnl|gre|podman|vxlan|genev)\S*|.*\.\d+)$/;
const NO_PHYSICAL_NIC = /isatap|teredo|loopback|pseudo/i;
/** Filesystems in memory or of the kernel, read-only images, and layers over others. */
const VIRTUAL_FILESYSTEM =
  /^(?:tmpfs|devtmpfs|ramfs|overlay|overlayfs|squashfs|iso9660|erofs|autofs|proc|sysfs|cgroup2?|debugfs|tracefs|securityfs|configfs|fusectl|pstore|bpf|mqueue|hugetlbfs|devpts|rpc_pipefs|nsfs|binfmt_misc|efivarfs|selinuxfs|fuse\.lxcfs|fuse\.portal)$/;

const disk = (count: Count) => (labels: Labels) => (NO_WHOLE_DISK.test(labels.get("device") ?? "") ? null : count);
const network = (count: Count) => (labels: Labels) =>
  NO_PHYSICAL_INTERFACE.test(labels.get("device") ?? "") ? null : count;
const nic = (count: Count) => (labels: Labels) => (NO_PHYSICAL_NIC.test(labels.get("nic") ?? "") ? null : count);
const filesystem = (reading: Reading) => (labels: Labels) =>
  VIRTUAL_FILESYSTEM.test(labels.get("fstype") ?? "") ? null : reading;
/** Volumes with a letter; the others are partitions for recovery and start. */
const lettered =
  <Value>(value: Value) =>
  (labels: Labels) =>
    /^[A-Z]:$/i.test(labels.get("volume") ?? "") ? value : null;

/**
 * The families from which core metrics come, and nothing else does: those of node_exporter, which cloud-monitor has as well
 * (https://github.com/prometheus/node_exporter), and of windows_exporter (https://github.com/prometheus-community/windows_exporter).
 */
export const KNOWN_FAMILIES: readonly KnownFamily[] = [
  {
    name: "node_cpu_seconds_total",
    is: (labels) => (["idle", "iowait"].includes(labels.get("mode") ?? "") ? "cpu_idle" : "cpu_busy"),
  },
  { name: "node_memory_MemTotal_bytes", is: "memory_total_bytes" },
  { name: "node_memory_MemAvailable_bytes", is: "memory_available_bytes" },
  { name: "node_memory_SwapTotal_bytes", is: "swap_total_bytes" },
  { name: "node_memory_SwapFree_bytes", is: "swap_free_bytes" },
  { name: "node_boot_time_seconds", is: "boot_time_seconds" },
  { name: "node_time_seconds", is: "time_seconds" },
  { name: "node_load1", is: "load1" },
  { name: "node_load5", is: "load5" },
  { name: "node_load15", is: "load15" },
  { name: "node_procs_running", is: "processes_running" },
  { name: "node_filesystem_size_bytes", is: filesystem("filesystem_size_bytes") },
  { name: "node_filesystem_free_bytes", is: filesystem("filesystem_free_bytes") },
  { name: "node_filesystem_avail_bytes", is: filesystem("filesystem_available_bytes") },
  { name: "node_filesystem_readonly", is: filesystem("filesystem_readonly") },
  { name: "node_disk_read_bytes_total", is: disk("disk_read") },
  { name: "node_disk_written_bytes_total", is: disk("disk_written") },
  { name: "node_network_receive_bytes_total", is: network("received") },
  { name: "node_network_transmit_bytes_total", is: network("sent") },

  // The other modes overlap, so only the idle time is read.
  {
    name: "windows_cpu_time_total",
    is: (labels) => (labels.get("mode") === "idle" ? "cpu_idle_alone" : null),
  },
  { name: "windows_memory_physical_total_bytes", is: "memory_total_bytes" },
  { name: "windows_cs_physical_memory_bytes", is: "memory_total_bytes" },
  { name: "windows_memory_available_bytes", is: "memory_available_bytes" },
  { name: "windows_pagefile_limit_bytes", is: "swap_total_bytes" },
  { name: "windows_pagefile_free_bytes", is: "swap_free_bytes" },
  { name: "windows_system_boot_time_timestamp", is: "boot_time_seconds" },
  { name: "windows_system_boot_time_timestamp_seconds", is: "boot_time_seconds" },
  { name: "windows_system_system_up_time", is: "boot_time_seconds" },
  { name: "windows_logical_disk_size_bytes", is: lettered<Reading>("filesystem_size_bytes") },
  { name: "windows_logical_disk_free_bytes", is: lettered<Reading>("filesystem_free_bytes") },
  { name: "windows_logical_disk_read_bytes_total", is: lettered<Count>("disk_read") },
  { name: "windows_logical_disk_write_bytes_total", is: lettered<Count>("disk_written") },
  { name: "windows_net_bytes_received_total", is: nic("received") },
  { name: "windows_net_bytes_sent_total", is: nic("sent") },
];
