import type { InstanceRef, CollectContext, SampleWriter } from "../../model/collector.ts";
import type { OptionsOf, SettingDeclarations } from "../../model/setting/setting-declaration.ts";
import type { HostFamily } from "./families.ts";
import type { HostPaths } from "./host-paths.ts";
import type { HostFiles } from "./kernel-files/host-files.ts";

const NO_SETTINGS = {} satisfies SettingDeclarations;

/**
 * All there is to say of one host collector. Its file or folder exports it, the registry lists it; the catalogue, the
 * settings and the names that `collect[]` takes follow.
 */
export interface HostCollectorDefinition<Settings extends SettingDeclarations = typeof NO_SETTINGS> {
  /** Stable: label value, and how users name it. */
  readonly name: string;
  /** Every family that it may write. */
  readonly families: readonly HostFamily[];
  /** Its own settings, by the key that each has below `host`. */
  readonly settings: Settings;
  /** Makes one for one instance. Reads nothing yet. */
  create(context: HostContext<OptionsOf<Settings>>): HostCollector;
}

export interface HostContext<Options> {
  /** Plain data: it came from another thread. */
  readonly options: HostPaths & Options;
  readonly files: HostFiles;
}

/** Reads one subject of this host. It keeps descriptors of kernel files open, which end with their thread. */
export interface HostCollector {
  /**
   * A throw costs this collector's section of the snapshot alone, and is counted. With nothing to read on this host it writes
   * nothing and returns (see SampleWriter): success 1 and no series.
   */
  collect(instance: InstanceRef, context: CollectContext, out: SampleWriter): void;
}

export interface NamedHostCollector extends HostCollector {
  readonly name: string;
}
