import { COLUMN } from "../../../model/core-metrics.ts";
import type { InstanceRef, Reading, SampleWriter } from "../../../model/collector.ts";
import { readFilesystemSizes, usedPercent } from "./filesystem-sizes.ts";
import type { FilesystemSizes } from "./filesystem-sizes.ts";
import type { HostCollector } from "../host-collector.ts";
import type { KnownMount } from "./known-mount.ts";
import type { MountProbe } from "./mount-probe.ts";
import type { MountTable } from "./mount-table.ts";

/** Sizes of the mounted filesystems: local ones by statfs, remote ones as the probe's child process last heard. */
export class FilesystemCollector implements HostCollector {
  readonly name = "filesystem";
  readonly #table: MountTable;
  readonly #probe: MountProbe;

  constructor(table: MountTable, probe: MountProbe) {
    this.#table = table;
    this.#probe = probe;
  }

  collect(_instance: InstanceRef, reading: Reading, out: SampleWriter): void {
    const mounts = this.#table.read(reading);
    const nowMs = reading.monotonicMs;
    const remote = mounts.filter((mount) => mount.remote).map((mount) => mount.path);
    this.#probe.ask(remote, nowMs);
    let fullest: number | null = null;
    for (const mount of mounts) {
      const sizes = mount.remote ? this.#probe.answer(mount.path, nowMs) : readFilesystemSizes(mount.pathBytes);
      if (sizes === null) continue;
      writeMount(mount, sizes, out);
      const percent = mount.fills && typeof sizes !== "string" ? usedPercent(sizes) : null;
      if (percent !== null && (fullest === null || percent > fullest)) fullest = percent;
    }
    if (fullest !== null) out.column(COLUMN.filesystem_usage_percent, fullest);
  }

  close(): void {
    this.#table.close();
    this.#probe.close();
  }
}

function writeMount(mount: KnownMount, sizes: FilesystemSizes | string, out: SampleWriter): void {
  const failed = typeof sizes === "string";
  const labels = failed ? mount.labelsWithError(sizes) : mount.labels;
  out.series("node_filesystem_device_error", labels, failed ? 1 : 0);
  out.series("node_filesystem_readonly", labels, mount.readOnly ? 1 : 0);
  if (failed) return;
  out.series("node_filesystem_size_bytes", labels, sizes.sizeBytes);
  out.series("node_filesystem_free_bytes", labels, sizes.freeBytes);
  out.series("node_filesystem_avail_bytes", labels, sizes.availBytes);
  out.series("node_filesystem_files", labels, sizes.files);
  out.series("node_filesystem_files_free", labels, sizes.filesFree);
  out.series("node_filesystem_mount_info", mount.mountInfoLabels, 1);
}
