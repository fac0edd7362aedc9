import type { HostCollector } from "../host/host-collector.ts";
import type { HostFiles } from "../host/kernel-files/host-files.ts";
import { enabledCollectors, hostCollectorFactory } from "../registry.ts";
import type { HostOptions } from "../registry.ts";

/** For tests: the enabled collectors with their names, in the order in which they run. */
export function hostCollectors(options: HostOptions, files?: HostFiles): readonly (HostCollector & { name: string })[] {
  const create = hostCollectorFactory(options, files);
  return enabledCollectors(options).map((name) => Object.assign(create(name), { name }));
}
