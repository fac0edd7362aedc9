import type { MetricDefinition } from "./definition.ts";

/**
 * The families of this host, in alphabetical order. Names, types and labels are those of node_exporter 1.12, but for the
 * daemon's own: the percent gauges, `node_memory_{total,available,used,cached}_bytes`, `node_swap_*`, `node_uptime_seconds`,
 * `node_network_counted` and `node_network_*_errors_total`.
 */
export const HOST_METRICS: readonly MetricDefinition[] = [
  ...families(
    { origin: "cpu", type: "counter", labels: ["cpu", "mode"] },
    {
      node_cpu_guest_seconds_total: "Time that each processor spent running virtual machines.",
      node_cpu_seconds_total:
        "Time that each processor spent in each mode; user and nice include time given to virtual machines.",
    },
  ),
  ...families(
    { origin: "cpu", type: "gauge", labels: [] },
    {
      node_cpu_idle_percent: "Share of processor time with nothing to do since the tick before.",
      node_cpu_iowait_percent: "Share of processor time idle while a task waited for I/O, since the tick before.",
      node_cpu_system_percent:
        "Share of processor time spent in the kernel, interrupts included, since the tick before.",
      node_cpu_usage_percent:
        "Share of processor time neither idle nor waiting for I/O since the tick before, over all processors; includes time stolen by the hypervisor.",
      node_cpu_user_percent: "Share of processor time spent in programs, at low priority too, since the tick before.",
    },
  ),
  ...families(
    { origin: "diskstats", type: "gauge", labels: ["device"] },
    {
      node_disk_ata_rotation_rate_rpm: "Turns per minute of an ATA disk; 0 of one without moving parts.",
      node_disk_ata_write_cache: "1 when the ATA disk has a write cache.",
      node_disk_ata_write_cache_enabled: "1 when the write cache of the ATA disk is on.",
      node_disk_io_now: "Requests issued and not yet finished.",
    },
  ),
  ...families(
    { origin: "diskstats", type: "gauge", labels: ["device", "lv_layer", "lv_name", "name", "uuid", "vg_name"] },
    {
      node_disk_device_mapper_info: "Always 1; the labels say what the device-mapper device is.",
    },
  ),
  ...families(
    { origin: "diskstats", type: "counter", labels: ["device"] },
    {
      node_disk_discard_time_seconds_total: "Time that discards took, summed over discards.",
      node_disk_discarded_sectors_total: "Sectors of 512 bytes discarded.",
      node_disk_discards_completed_total: "Discards (of blocks no longer in use) finished.",
      node_disk_discards_merged_total: "Discards joined with a neighbouring one before they were issued.",
      node_disk_flush_requests_time_seconds_total: "Time that flushes took, summed over flushes.",
      node_disk_flush_requests_total: "Flushes of the write cache finished.",
      node_disk_io_time_seconds_total: "Time during which at least one request was under way.",
      node_disk_io_time_weighted_seconds_total: "Time that requests were under way, each counted by itself.",
      node_disk_read_bytes_total: "Bytes read.",
      node_disk_read_time_seconds_total: "Time that reads took, summed over reads.",
      node_disk_reads_completed_total: "Reads finished.",
      node_disk_reads_merged_total: "Reads joined with a neighbouring one before they were issued.",
      node_disk_write_time_seconds_total: "Time that writes took, summed over writes.",
      node_disk_writes_completed_total: "Writes finished.",
      node_disk_writes_merged_total: "Writes joined with a neighbouring one before they were issued.",
      node_disk_written_bytes_total: "Bytes written.",
    },
  ),
  ...families(
    { origin: "diskstats", type: "gauge", labels: ["device", "type", "usage", "uuid", "version"] },
    {
      node_disk_filesystem_info: "Always 1; the labels say which filesystem udev found on the disk.",
    },
  ),
  ...families(
    {
      origin: "diskstats",
      type: "gauge",
      labels: ["device", "major", "minor", "model", "path", "revision", "rotational", "serial", "wwn"],
    },
    {
      node_disk_info: "Always 1; the labels say what the disk is.",
    },
  ),
  ...families(
    { origin: "filesystem", type: "gauge", labels: ["device", "device_error", "fstype", "mountpoint"] },
    {
      node_filesystem_avail_bytes: "Free space that users other than root may fill.",
      node_filesystem_device_error: "1 when its sizes could not be read; the label `device_error` says why.",
      node_filesystem_files: "Files (inodes) that the filesystem can hold.",
      node_filesystem_files_free: "Files (inodes) that can still be made.",
      node_filesystem_free_bytes: "Free space, what is kept for root included.",
      node_filesystem_readonly: "1 when it is mounted read-only.",
      node_filesystem_size_bytes: "Size of the filesystem.",
    },
  ),
  ...families(
    { origin: "filesystem", type: "gauge", labels: ["device", "major", "minor", "mountpoint"] },
    {
      node_filesystem_mount_info: "Always 1; ties a mount point to its device number.",
    },
  ),
  ...families(
    { origin: "loadavg", type: "gauge", labels: [] },
    {
      node_load1: "Runnable and uninterruptible tasks, averaged over 1 minute.",
      node_load15: "Runnable and uninterruptible tasks, averaged over 15 minutes.",
      node_load5: "Runnable and uninterruptible tasks, averaged over 5 minutes.",
    },
  ),
  ...families(
    { origin: "meminfo", type: "gauge", labels: [] },
    {
      node_memory_HugePages_Free: "Huge pages that nobody uses.",
      node_memory_HugePages_Rsvd: "Huge pages promised but not yet taken.",
      node_memory_HugePages_Surp: "Huge pages beyond the configured number.",
      node_memory_HugePages_Total: "Huge pages set aside.",
      node_memory_available_bytes: "Memory that new work could use without swapping.",
      node_memory_cached_bytes: "Memory that holds file contents.",
      node_memory_total_bytes: "Memory that the kernel manages.",
      node_memory_used_bytes: "Memory that is not available to new work.",
      "node_memory_{field}_bytes": "The field of /proc/meminfo with this name; `Active(anon)` is `Active_anon`.",
      node_swap_total_bytes: "Swap space.",
      node_swap_used_bytes: "Swap space in use.",
    },
  ),
  ...families(
    { origin: "netdev", type: "gauge", labels: ["device"] },
    {
      node_network_counted:
        "1 of an interface that the network rates of the host count; 0 of one whose bytes another counts too, and of lo.",
    },
  ),
  ...families(
    { origin: "netdev", type: "counter", labels: ["device"] },
    {
      node_network_receive_bytes_total: "Bytes received.",
      node_network_receive_compressed_total: "Compressed packets received.",
      node_network_receive_drop_total: "Packets received and dropped, for want of room or of a reader.",
      node_network_receive_errors_total: "Packets received in error; the same as node_network_receive_errs_total.",
      node_network_receive_errs_total: "Packets received in error.",
      node_network_receive_fifo_total: "Packets lost because the receive queue of the interface was full.",
      node_network_receive_frame_total: "Packets received with a bad frame, length or checksum.",
      node_network_receive_multicast_total: "Multicast packets received.",
      node_network_receive_packets_total: "Packets received.",
      node_network_transmit_bytes_total: "Bytes sent.",
      node_network_transmit_carrier_total: "Packets lost while sending because the carrier was gone.",
      node_network_transmit_colls_total: "Collisions on the wire while sending.",
      node_network_transmit_compressed_total: "Compressed packets sent.",
      node_network_transmit_drop_total: "Packets dropped instead of being sent.",
      node_network_transmit_errors_total:
        "Packets that could not be sent; the same as node_network_transmit_errs_total.",
      node_network_transmit_errs_total: "Packets that could not be sent.",
      node_network_transmit_fifo_total: "Packets lost because the send queue of the interface ran empty.",
      node_network_transmit_packets_total: "Packets sent.",
    },
  ),
  ...families(
    { origin: "stat", type: "gauge", labels: [] },
    {
      node_boot_time_seconds: "When the kernel booted, seconds since 1970.",
      node_procs_blocked: "Tasks that wait for a disk or another device.",
      node_procs_running: "Tasks that run or wait for a processor.",
    },
  ),
  ...families(
    { origin: "stat", type: "counter", labels: [] },
    {
      node_context_switches_total: "Switches from one task to another since boot, over all processors.",
      node_forks_total: "Processes and threads started since boot.",
      node_intr_total: "Interrupts served since boot.",
    },
  ),
  ...families(
    { origin: "time", type: "gauge", labels: ["clocksource", "device"] },
    {
      node_time_clocksource_available_info: "Always 1; a clock source that the kernel could use.",
      node_time_clocksource_current_info: "Always 1; the clock source that the kernel uses.",
    },
  ),
  ...families(
    { origin: "time", type: "gauge", labels: [] },
    {
      node_time_seconds: "Wall clock of the host, seconds since 1970.",
    },
  ),
  ...families(
    { origin: "time", type: "gauge", labels: ["time_zone"] },
    {
      node_time_zone_offset_seconds: "Offset of the local time zone, positive east of Greenwich.",
    },
  ),
  ...families(
    { origin: "uname", type: "gauge", labels: ["domainname", "machine", "nodename", "release", "sysname", "version"] },
    {
      node_uname_info: "Always 1; the labels name the kernel and the host.",
    },
  ),
  ...families(
    { origin: "uptime", type: "gauge", labels: [] },
    {
      node_uptime_seconds: "Seconds since the host booted.",
    },
  ),
  ...families(
    { origin: "daemon", type: "gauge", labels: ["collector"] },
    {
      node_scrape_collector_duration_seconds: "Time that the host collector took at the last reading.",
      node_scrape_collector_success: "1 when the host collector could read its source at the last reading.",
    },
  ),
].sort((a, b) => (a.name < b.name ? -1 : 1));

/** Families that differ in name and help alone; the name's end tells the unit. */
function families(
  shared: Pick<MetricDefinition, "origin" | "type" | "labels">,
  helpByName: Readonly<Record<string, string>>,
): MetricDefinition[] {
  return Object.entries(helpByName).map(([name, help]) => ({ ...shared, name, help, unit: unitOf(name) }));
}

function unitOf(name: string): string {
  return /_(bytes|seconds|percent)(?:_total)?$/.exec(name)?.[1] ?? "";
}
