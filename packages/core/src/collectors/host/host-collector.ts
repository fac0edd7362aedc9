import type { InstanceRef, Reading, SampleWriter } from "../../model/collector.ts";

/** Reads one subject of this host. It keeps descriptors of kernel files open. */
export interface HostCollector {
  /** Label value, stable. */
  readonly name: string;
  /** A throw costs this collector's section of the snapshot alone, and is counted. */
  collect(instance: InstanceRef, reading: Reading, out: SampleWriter): void;
  /** Gives the descriptors back; safe twice. A later collect() opens them again. */
  close(): void;
}
