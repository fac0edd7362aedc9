import { SIMULATION_PROFILES } from "../../model/instance.ts";
import type { Simulation } from "../../model/instance.ts";
import { hashText } from "../../model/hash.ts";
import { chance, smoothNoise } from "./noise.ts";
import { PROFILES } from "./profiles.ts";
import type { Profile } from "./profiles.ts";

const GIB = 2 ** 30;
const HOUR_MS = 3_600_000;
const SPIKE_WINDOW_MS = 600_000;

/** The constant properties of a simulated machine, derived from its seed. */
export interface Machine {
  readonly seed: number;
  readonly profile: Profile;
  readonly cores: number;
  readonly memoryBytes: number;
  /** Its users' time zone, in hours. */
  readonly zoneHours: number;
  /** Its restart period. */
  readonly lifeMs: number;
  readonly filesystemBase: number;
  readonly bootedAtMs: number;
}

export function machineOf(name: string, createdAtMs: number, simulation: Simulation | null): Machine {
  const seed = simulation?.seed ?? hashText(name);
  const drawn = SIMULATION_PROFILES[Math.floor(chance(seed, 1) * SIMULATION_PROFILES.length)]!;
  const size = Math.floor(chance(seed, 2) * 5);
  return {
    seed,
    profile: PROFILES[simulation?.profile ?? drawn],
    cores: 2 ** size,
    memoryBytes: 2 ** (size + 1) * GIB,
    zoneHours: Math.floor(chance(seed, 3) * 4),
    lifeMs: (12 + chance(seed, 4) * 324) * HOUR_MS,
    filesystemBase: 0.15 + 0.5 * chance(seed, 5),
    bootedAtMs: createdAtMs,
  };
}

/** Milliseconds since the last boot: zero at each restart. */
export function uptimeMs(machine: Machine, atMs: number): number {
  return Math.max(0, atMs - machine.bootedAtMs) % machine.lifeMs;
}

/** CPU share in use, 0 to 1: the day's shape, slow drift, and an occasional spike. */
export function cpuShare(machine: Machine, atMs: number): number {
  const { profile, seed } = machine;
  const hour = (atMs / HOUR_MS + machine.zoneHours) % 24;
  const drift = 0.75 + 0.5 * smoothNoise(seed + 11, atMs / 120_000);
  const jitter = 0.9 + 0.2 * smoothNoise(seed + 12, atMs / 4_000);
  const share = profile.cpuBase + profile.cpuSwing * profile.day(hour) * drift;
  return clamp(share * jitter + 0.4 * spike(machine, atMs), 0.002, 1);
}

/** 0, or up to 1 in a window with a spike: rises and falls once. */
function spike(machine: Machine, atMs: number): number {
  const window = Math.floor(atMs / SPIKE_WINDOW_MS);
  if (chance(machine.seed + 13, window) >= machine.profile.spikeChance) return 0;
  const position = (atMs % SPIKE_WINDOW_MS) / SPIKE_WINDOW_MS;
  return 1 - Math.abs(2 * position - 1);
}

/** Memory share in use: base, load, and a leak that grows until the next restart. */
export function memoryShare(machine: Machine, atMs: number, cpu: number): number {
  const age = uptimeMs(machine, atMs) / machine.lifeMs;
  const wobble = 0.02 * smoothNoise(machine.seed + 14, atMs / 30_000);
  return clamp(machine.profile.memoryBase + machine.profile.memoryLeak * age + 0.15 * cpu + wobble, 0, 0.99);
}

/** Used share of the fullest filesystem: logs grow over the day and are rotated at midnight. */
export function filesystemShare(machine: Machine, atMs: number): number {
  const ofDay = (atMs % (24 * HOUR_MS)) / (24 * HOUR_MS);
  return clamp(machine.filesystemBase + 0.12 * ofDay + 0.05 * smoothNoise(machine.seed + 15, atMs / HOUR_MS), 0, 0.99);
}

function clamp(value: number, min: number, max: number): number {
  return Math.min(max, Math.max(min, value));
}
