import type { HostOptions } from "./host/host-options.ts";
import type { Collector } from "../model/collector.ts";
import type { InstanceKind } from "../model/instance.ts";
import type { HostCollector } from "./host/host-collector.ts";
import { createHostCollectors } from "./host/host-collectors.ts";
import type { Wait } from "./simulated/fault.ts";
import { SimulatedCollector } from "./simulated/simulated-collector.ts";

/** The collectors of this daemon's own host. */
export function hostCollectors(options: HostOptions): readonly HostCollector[] {
  return createHostCollectors(options);
}

/** One collector a kind, for all instances of a shard but the host. */
export function instanceCollectors(wait: Wait): Readonly<Partial<Record<InstanceKind, Collector>>> {
  return { simulated: new SimulatedCollector(wait) };
}
