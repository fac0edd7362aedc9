import type { NewInstance, Simulation } from "@cloud-monitor/client";

export interface FleetOptions {
  prefix: string;
  /** Seconds; undefined means the daemon's default. */
  interval: number | undefined;
  /** `mix` means that of each role. */
  profile: Profile | "mix";
  /** The same seed gives the same curves; undefined means the daemon's default, which depends on the name. */
  seed: number | undefined;
  labels: Readonly<Record<string, string>>;
}

type Profile = NonNullable<Simulation["profile"]>;

const ZONES = ["fr-par-1", "fr-par-2", "nl-ams-1", "pl-waw-1"] as const;

/** `share` of twenty instances have the role. */
const ROLES = [
  { role: "web", profile: "web", share: 7 },
  { role: "api", profile: "web", share: 4 },
  { role: "db", profile: "database", share: 3 },
  { role: "cache", profile: "database", share: 2 },
  { role: "worker", profile: "batch", share: 3 },
  { role: "bastion", profile: "idle", share: 1 },
] as const satisfies readonly { role: string; profile: Profile; share: number }[];

const DECK = ROLES.flatMap((role) => Array.from({ length: role.share }, () => role));

/** An endless sequence of instances, always the same for the same options: `demo-fr-par-1-web-0001` at 10.0.0.1 and so on. */
export function* demoFleet(options: FleetOptions): Generator<NewInstance, never, undefined> {
  const numbers = new Map<string, number>();
  for (let index = 0; ; index++) {
    const zoneIndex = index % ZONES.length;
    const zone = ZONES[zoneIndex] as (typeof ZONES)[number];
    const inZone = Math.floor(index / ZONES.length);
    // A coprime stride mixes the roles in any twenty successive instances.
    const { role, profile } = DECK[(inZone * 7 + zoneIndex) % DECK.length] as (typeof ROLES)[number];
    const number = (numbers.get(`${zone} ${role}`) ?? 0) + 1;
    numbers.set(`${zone} ${role}`, number);
    yield {
      name: `${options.prefix}-${zone}-${role}-${String(number).padStart(4, "0")}`,
      ip: privateAddress(zoneIndex, inZone),
      labels: { ...options.labels, zone, role },
      ...(options.interval !== undefined && { interval: options.interval }),
      simulation: {
        profile: options.profile === "mix" ? profile : options.profile,
        ...(options.seed !== undefined && { seed: (options.seed + index) % 2 ** 32 }),
      },
    };
  }
}

/** A quarter of 10.0.0.0/8 per zone, without .0 and .255. */
function privateAddress(zone: number, index: number): string {
  const third = Math.floor(index / 254);
  return `10.${zone * 64 + (Math.floor(third / 256) % 64)}.${third % 256}.${1 + (index % 254)}`;
}
