import type { InstanceRef, CollectContext, SampleWriter } from "../../model/collector.ts";
import type { OptionsOf, SettingDeclarations } from "../../model/setting/setting-declaration.ts";
import type { HostFamily } from "./families.ts";
import type { HostPaths } from "./host-paths.ts";
import type { HostFiles } from "./kernel-files/host-files.ts";

const NO_SETTINGS = {} satisfies SettingDeclarations;

/**
 * The definition of one host collector. Its file or folder exports it and the registry lists it; the catalogue, the
 * settings and the names for `collect[]` are derived from it.
 */
export interface HostCollectorDefinition<Settings extends SettingDeclarations = typeof NO_SETTINGS> {
  /** Stable: used as a label value and by users. */
  readonly name: string;
  /** As in node_exporter: expensive, or of interest to few. */
  readonly isOffByDefault?: true;
  /** All families that it may write. */
  readonly families: readonly HostFamily[];
  /** Its own settings, by their keys below `host`. */
  readonly settings: Settings;
  /** Creates a collector for one instance. Does not read anything yet. */
  create(context: HostContext<OptionsOf<Settings>>): HostCollector;
}

export interface HostContext<Options> {
  /** Plain data: it came from another thread. */
  readonly options: HostPaths & Options;
  readonly files: HostFiles;
}

/** Reads one subject of this host. It keeps descriptors of kernel files open, which are closed with their thread. */
export interface HostCollector {
  /**
   * For a source that responds asynchronously: starts a reading. `collect` follows when it has settled, or when the time for it
   * is over, and then finds out itself whether there is a response. Never rejects.
   */
  prepare?(): Promise<void>;
  /**
   * An error affects only this collector's section of the snapshot, and is counted. If there is nothing to read on this host,
   * it writes nothing and returns (see SampleWriter): success 1 and no series.
   */
  collect(instance: InstanceRef, context: CollectContext, out: SampleWriter): void;
}
