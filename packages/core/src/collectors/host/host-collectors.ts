import { join } from "node:path";
import type { HostOptions } from "./host-options.ts";
import { CpuCollector } from "./cpu/cpu.ts";
import { DiskstatsCollector } from "./disk/diskstats.ts";
import { FilesystemCollector } from "./filesystem/filesystem.ts";
import type { HostCollector } from "./host-collector.ts";
import { LoadavgCollector } from "./loadavg.ts";
import { MeminfoCollector } from "./meminfo.ts";
import { MountProbe } from "./filesystem/mount-probe.ts";
import { MountTable } from "./filesystem/mount-table.ts";
import { NetdevCollector } from "./network/netdev.ts";
import { ProcFile } from "./kernel-files/proc-file.ts";
import { SharedText } from "./kernel-files/shared-text.ts";
import { StatCollector } from "./stat.ts";
import { TimeCollector } from "./time/time.ts";
import { TimeZone } from "./time/time-zone.ts";
import { UnameCollector } from "./uname.ts";
import { UptimeCollector } from "./uptime.ts";

/** A set of host collectors, in the order in which their series are served. They keep state: one set for one instance. */
export function createHostCollectors(options: HostOptions): HostCollector[] {
  const off = new Set(options.collectorsDisabled);
  return allHostCollectors(options).filter((collector) => !off.has(collector.name));
}

function allHostCollectors(options: HostOptions): HostCollector[] {
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
