import { hashNumber } from "../../model/hash.ts";

/** A number 0 <= x < 1 that depends only on seed and index. */
export function chance(seed: number, index: number): number {
  return hashNumber(seed + Math.imul(index, 0x9e3779b1)) / 0x1_0000_0000;
}

/** Smooth noise 0 <= x < 1: random values at whole numbers of `at`, eased between them (value noise, Perlin 1985). */
export function smoothNoise(seed: number, at: number): number {
  const before = Math.floor(at);
  const t = at - before;
  const from = chance(seed, before);
  const to = chance(seed, before + 1);
  return from + (to - from) * t * t * (3 - 2 * t);
}
