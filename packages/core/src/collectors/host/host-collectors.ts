import { join } from "node:path";
import type { Config } from "../../config/config.ts";
import { CpuCollector } from "./cpu.ts";
import { DiskstatsCollector } from "./diskstats.ts";
import { FilesystemCollector } from "./filesystem.ts";
import type { HostCollector } from "./host-collector.ts";
import { LoadavgCollector } from "./loadavg.ts";
import { MeminfoCollector } from "./meminfo.ts";
import { MountProbe } from "./mount-probe.ts";
import { MountTable } from "./mount-table.ts";
import { NetdevCollector } from "./netdev.ts";
import { ProcFile } from "./proc-file.ts";
import { SharedText } from "./shared-text.ts";
import { StatCollector } from "./stat.ts";
import { TimeCollector } from "./time.ts";
import { TimeZone } from "./time-zone.ts";
import { UnameCollector } from "./uname.ts";
import { UptimeCollector } from "./uptime.ts";

/** Plain data: it crosses to the shard's thread. */
export type HostCollectorOptions = Config["host"];

/** A set of host collectors, in the order in which their series are served. They keep state: one set for one instance. */
export function createHostCollectors(options: HostCollectorOptions): HostCollector[] {
  const off = new Set(options.collectorsDisabled);
  return allHostCollectors(options).filter((collector) => !off.has(collector.name));
}

function allHostCollectors(options: HostCollectorOptions): HostCollector[] {
  const file = (...parts: string[]) => new ProcFile(join(options.procfs, ...parts));
  const mounts = {
    rootfs: options.rootfs,
    mountPointsExclude: options.filesystemMountPointsExclude,
    typesExclude: options.filesystemTypesExclude,
  };
  const stat = new SharedText(file("stat"));
  return [
    new CpuCollector(stat),
    new DiskstatsCollector(file("diskstats"), options, options.diskDevicesExclude),
    new FilesystemCollector(new MountTable(options.procfs, mounts), new MountProbe()),
    new LoadavgCollector(file("loadavg")),
    new MeminfoCollector(file("meminfo")),
    new NetdevCollector(file("net", "dev"), options.sysfs, options.networkDevicesExclude),
    new StatCollector(stat),
    new TimeCollector(options.sysfs, new TimeZone(options)),
    new UnameCollector(options.procfs),
    new UptimeCollector(file("uptime")),
  ];
}
