/** Where the kernel's files are; other roots serve containers and tests. */
export interface HostPaths {
  readonly procfs: string;
  readonly sysfs: string;
  readonly rootfs: string;
  readonly udevData: string;
}

/** How this host is read. Plain data: it crosses to the thread that collects. */
export interface HostOptions extends HostPaths {
  /** Collectors that are off. */
  readonly collectorsDisabled: readonly string[];
  readonly filesystemMountPointsExclude: RegExp;
  readonly filesystemTypesExclude: RegExp;
  readonly diskDevicesExclude: RegExp;
  /** Matches nothing by default. */
  readonly networkDevicesExclude: RegExp;
  /** As the environment variable TZ has it; default the file that the C library reads without it. */
  readonly timeZone: string;
  readonly timeZoneFolder: string;
}
