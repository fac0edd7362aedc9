import type { SimulationProfile } from "../../model/instance.ts";

/** The daily load of a type of machine. Shares are 0 to 1 of the machine. */
export interface Profile {
  /** CPU share when idle, and the increase in a busy hour. */
  readonly cpuBase: number;
  readonly cpuSwing: number;
  /** Memory share right after boot, and the leak until the next restart. */
  readonly memoryBase: number;
  readonly memoryLeak: number;
  /** Bytes per second at full load. */
  readonly networkBytes: number;
  readonly diskBytes: number;
  /** Chance of a spike in each ten minutes. */
  readonly spikeChance: number;
  /** Activity at an hour of the day (0 to 24), 0 to 1. */
  readonly day: (hour: number) => number;
}

const circle = (hour: number, peak: number): number => 0.5 + 0.5 * Math.cos(((hour - peak) / 24) * 2 * Math.PI);

export const PROFILES: Readonly<Record<SimulationProfile, Profile>> = {
  // Visitors: quiet at four in the morning, a plateau during the day, the peak in the evening.
  web: {
    cpuBase: 0.08,
    cpuSwing: 0.5,
    memoryBase: 0.35,
    memoryLeak: 0.25,
    networkBytes: 40e6,
    diskBytes: 4e6,
    spikeChance: 0.05,
    day: (hour) => 0.75 * circle(hour, 16) + 0.25 * circle(2 * hour, 40),
  },
  // Steady during the day, a backup at two.
  database: {
    cpuBase: 0.15,
    cpuSwing: 0.35,
    memoryBase: 0.6,
    memoryLeak: 0.08,
    networkBytes: 15e6,
    diskBytes: 60e6,
    spikeChance: 0.03,
    day: (hour) => Math.max(0.6 * circle(hour, 14), 1 - Math.abs(hour - 2.5) * 1.5, 0),
  },
  // Jobs: twenty busy minutes in each hour.
  batch: {
    cpuBase: 0.03,
    cpuSwing: 0.85,
    memoryBase: 0.2,
    memoryLeak: 0.05,
    networkBytes: 20e6,
    diskBytes: 120e6,
    spikeChance: 0.01,
    day: (hour) => (hour % 1 < 0.33 ? 1 : 0.05),
  },
  idle: {
    cpuBase: 0.01,
    cpuSwing: 0.03,
    memoryBase: 0.15,
    memoryLeak: 0.02,
    networkBytes: 1e5,
    diskBytes: 1e5,
    spikeChance: 0.005,
    day: (hour) => circle(hour, 12),
  },
};
