import { sumOfDeltas } from "../../counter-deltas.ts";

/** Bytes read and written. */
type Traffic = readonly number[];

/**
 * The increase over all whole disks. An NVMe namespace with several paths has a line per path (`nvme0c1n1`) in addition to
 * that of the namespace (`nvme0n1`), which some kernels do not update: the larger one counts.
 */
export function diskTraffic(byDisk: ReadonlyMap<string, Traffic>): Traffic {
  const counted = new Map(byDisk);
  const paths = new Map<string, Traffic[]>();
  for (const [disk, deltas] of byDisk) {
    const namespace = namespaceOf(disk);
    if (namespace === null) continue;
    counted.delete(disk);
    paths.set(namespace, [...(paths.get(namespace) ?? []), deltas]);
  }
  for (const [namespace, growths] of paths) {
    const own = byDisk.get(namespace) ?? [0, 0];
    counted.set(
      namespace,
      sumOfDeltas(growths, 2).map((sum, field) => Math.max(sum, own[field]!)),
    );
  }
  return sumOfDeltas(counted.values(), 2);
}

/** `nvme0n1` for its path `nvme0c1n1`, else null. */
function namespaceOf(disk: string): string | null {
  const match = /^(nvme\d+)c\d+(n\d+)$/.exec(disk);
  return match === null ? null : match[1]! + match[2]!;
}
