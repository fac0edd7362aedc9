import { join } from "node:path";
import { CloudMonitorError, messageOf } from "../../model/errors.ts";
import { COLUMN } from "../../model/core-metrics.ts";
import type { InstanceRef, Reading, SampleWriter } from "../../model/collector.ts";
import { readFilesystemSizes, usedPercent } from "./filesystem-sizes.ts";
import type { FilesystemSizes } from "./filesystem-sizes.ts";
import type { HostCollector } from "./host-collector.ts";
import { knownMounts } from "./known-mount.ts";
import type { KnownMount, MountOptions } from "./known-mount.ts";
import type { MountProbe } from "./mount-probe.ts";
import { parseMountinfo } from "./mountinfo.ts";
import { ProcFile } from "./proc-file.ts";

/** Sizes of the mounted filesystems: local ones by statfs, remote ones as the probe's child process last heard. */
export class FilesystemCollector implements HostCollector {
  readonly name = "filesystem";
  readonly #options: MountOptions;
  readonly #probe: MountProbe;
  /** The one that could be read last comes first. */
  #files: readonly [ProcFile, ProcFile];
  #text = "";
  #mounts: readonly KnownMount[] = [];

  constructor(procfs: string, options: MountOptions, probe: MountProbe) {
    // Those of process 1 are the host's, also from within a container; only root may read them where /proc is mounted hidepid.
    this.#files = [new ProcFile(join(procfs, "1", "mountinfo")), new ProcFile(join(procfs, "self", "mountinfo"))];
    this.#options = options;
    this.#probe = probe;
  }

  collect(_instance: InstanceRef, reading: Reading, out: SampleWriter): void {
    const mounts = this.#readMounts();
    const nowMs = reading.monotonicMs;
    const remote = mounts.filter((mount) => mount.remote).map((mount) => mount.path);
    this.#probe.ask(remote, nowMs);
    let fullest: number | null = null;
    for (const mount of mounts) {
      const sizes = mount.remote ? this.#remoteSizes(mount, nowMs) : readFilesystemSizes(mount.path);
      if (sizes === null) continue;
      writeMount(mount, sizes, out);
      const percent = mount.real && typeof sizes !== "string" ? usedPercent(sizes) : null;
      if (percent !== null && (fullest === null || percent > fullest)) fullest = percent;
    }
    if (fullest !== null) out.column(COLUMN.filesystem_usage_percent, fullest);
  }

  close(): void {
    for (const file of this.#files) file.close();
    this.#probe.close();
  }

  /** Null before the first answer. */
  #remoteSizes(mount: KnownMount, nowMs: number): FilesystemSizes | string | null {
    const answer = this.#probe.answer(mount.path, nowMs);
    if (answer === "pending") return null;
    if (answer === "timeout") return "mountpoint timeout";
    return answer === "failed" ? "cannot be read" : answer;
  }

  /** Mounts change rarely: the same text is not parsed again. */
  #readMounts(): readonly KnownMount[] {
    const text = this.#readText();
    if (text !== this.#text) {
      this.#mounts = knownMounts(parseMountinfo(text), this.#options);
      this.#text = text;
    }
    return this.#mounts;
  }

  #readText(): string {
    const [first, second] = this.#files;
    let why: string;
    try {
      return first.lines();
    } catch (error) {
      why = messageOf(error);
    }
    try {
      const text = second.lines();
      this.#files = [second, first];
      return text;
    } catch (error) {
      throw new CloudMonitorError("COLLECT_FAILED", `${why}; nor another: ${messageOf(error)}`, {
        retryable: true,
        cause: error,
      });
    }
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
