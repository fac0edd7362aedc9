import { hashText } from "../model/hash.ts";
import type { Instance } from "../model/instance.ts";

/**
 * This daemon's own host as an instance. Its id is negative and derived from the name only, so that a first start
 * without the database and every later start agree on it.
 */
export function hostInstance(name: string, intervalSeconds: number, createdAtMs: number): Instance {
  return {
    id: hostId(name),
    name,
    ip: "127.0.0.1",
    interval: intervalSeconds,
    kind: "host",
    target: null,
    profile: null,
    module: null,
    labels: {},
    simulation: null,
    source: "config",
    createdAtMs,
  };
}

function hostId(name: string): number {
  const hash = hashText(name);
  const folded = ((hash >>> 31) ^ hash) & 0x7fffffff;
  return -Math.max(1, folded);
}
