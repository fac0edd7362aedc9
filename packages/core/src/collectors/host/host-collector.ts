import type { Collector } from "../../model/collector.ts";

/** A collector that keeps descriptors of kernel files open. */
export interface HostCollector extends Collector {
  /** Gives the descriptors back; safe twice. A later collect() opens them again. */
  close(): void;
}
