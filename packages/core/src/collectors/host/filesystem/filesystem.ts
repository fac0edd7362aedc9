import { COLUMN } from "../../../model/core-metrics.ts";
import type { InstanceRef, CollectContext, SampleWriter } from "../../../model/collector.ts";
import type { SettingDeclarations } from "../../../model/setting/setting-declaration.ts";
import { pattern } from "../../../model/setting/values/pattern.ts";
import { readFilesystemSizes, usedPercent } from "./filesystem-sizes.ts";
import type { FilesystemSizes } from "./filesystem-sizes.ts";
import { families } from "../families.ts";
import type { HostCollector, HostCollectorDefinition } from "../host-collector.ts";
import type { KnownMount } from "./known-mount.ts";
import { MountProbe } from "./mount-probe.ts";
import { MountTable } from "./mount-table.ts";

/** The same as in node_exporter 1.12, so that its dashboards and alerts count the same filesystems. */
export const FILESYSTEM_SETTINGS = {
  filesystemMountPointsExclude: {
    type: pattern,
    // Those of the kernel, and those that container engines create and remove by the hundred.
    fallback: "^/(dev|proc|run/credentials/.+|sys|var/lib/docker/.+|var/lib/containers/storage/.+)($|/)",
    help: "Mount points that the filesystem collector ignores, as a regular expression.",
    flag: "--collector.filesystem.mount-points-exclude",
  },
  filesystemMountPointsInclude: {
    type: pattern,
    fallback: "",
    help: "Mount points to which the filesystem collector is limited, as a regular expression; the setting of those to ignore has no effect then.",
    flag: "--collector.filesystem.mount-points-include",
  },
  filesystemTypesExclude: {
    type: pattern,
    // Those without data of their own: kernel interfaces, read-only images, container layers.
    fallback:
      "^(autofs|binfmt_misc|bpf|cgroup2?|configfs|debugfs|devpts|devtmpfs|fusectl|hugetlbfs|iso9660|mqueue|nsfs|overlay|" +
      "proc|procfs|pstore|rpc_pipefs|securityfs|selinuxfs|squashfs|erofs|sysfs|tracefs)$",
    help: "Filesystem types that the filesystem collector ignores, as a regular expression.",
    flag: "--collector.filesystem.fs-types-exclude",
  },
  filesystemTypesInclude: {
    type: pattern,
    fallback: "",
    help: "Filesystem types to which the filesystem collector is limited, as a regular expression; the setting of those to ignore has no effect then.",
    flag: "--collector.filesystem.fs-types-include",
  },
} as const satisfies SettingDeclarations;

export const FILESYSTEM: HostCollectorDefinition<typeof FILESYSTEM_SETTINGS> = {
  name: "filesystem",
  families: [
    ...families(
      { type: "gauge", labels: ["device", "device_error", "fstype", "mountpoint"] },
      {
        node_filesystem_avail_bytes: "Free space available to users other than root.",
        node_filesystem_device_error: "1 if its sizes could not be read; the label `device_error` says why.",
        node_filesystem_files: "Inodes of the filesystem, used and free.",
        node_filesystem_files_free: "Free inodes of the filesystem.",
        node_filesystem_free_bytes: "Free space, including the space reserved for root.",
        node_filesystem_readonly: "1 if it is mounted read-only.",
        node_filesystem_size_bytes: "Size of the filesystem.",
      },
    ),
    ...families(
      { type: "gauge", labels: ["device", "major", "minor", "mountpoint"] },
      {
        node_filesystem_mount_info: "Always 1; maps a mount point to its device number.",
      },
    ),
  ],
  settings: FILESYSTEM_SETTINGS,
  create: ({ files, options }) => new FilesystemCollector(new MountTable(files, options), new MountProbe()),
};

/** Sizes of the mounted filesystems: local ones by statfs, remote ones from the last result of the probe's child process. */
export class FilesystemCollector implements HostCollector {
  readonly #table: MountTable;
  readonly #probe: MountProbe;

  constructor(table: MountTable, probe: MountProbe) {
    this.#table = table;
    this.#probe = probe;
  }

  collect(_instance: InstanceRef, context: CollectContext, out: SampleWriter): void {
    const mounts = this.#table.read(context);
    const nowMs = context.monotonicMs;
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
