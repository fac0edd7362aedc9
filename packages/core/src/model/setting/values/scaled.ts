import { accepted, REFUSED } from "../value-type.ts";
import type { ValueType } from "../value-type.ts";

/** Unit suffixes and their factors to the base unit, smallest first; each a multiple of the previous one. */
export type Units = readonly (readonly [suffix: string, factor: number])[];

export interface ScaledOptions {
  readonly noun: string;
  readonly example: string;
  readonly units: Units;
  /** In the base unit, both included. */
  readonly min: number;
  readonly max: number;
}

/** A whole number with a mandatory unit: a bare number could be seconds or milliseconds. */
export function scaled(options: ScaledOptions): ValueType<number> {
  const { units, min, max } = options;
  const factors = new Map(units);
  const format = (value: number) => formatScaled(value, units);
  return {
    wanted: `${options.noun} such as ${options.example} (${format(min)} to ${format(max)})`,
    parse: (text) => {
      const match = /^(\d{1,12}) ?([A-Za-z]+)$/.exec(text.trim());
      const factor = factors.get(match?.[2] ?? "");
      if (factor === undefined) return REFUSED;
      const value = Number(match?.[1]) * factor;
      return value >= min && value <= max ? accepted(value) : REFUSED;
    },
    format,
  };
}

function formatScaled(value: number, units: Units): string {
  const [suffix, factor] = units.findLast(([, size]) => value >= size && value % size === 0) ?? units[0] ?? ["", 1];
  return `${value / factor}${suffix}`;
}
