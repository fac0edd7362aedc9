import type { Config } from "./config.ts";
import type { ValueType } from "./value-type.ts";

/** Every place in Config that holds a value: `http.port`, `stateDir`, ... */
export type ConfigPath = PathsOf<Config>;

/** One setting as `settings.ts` lists it. Its names are derived: see the functions below. */
export interface Setting<P extends ConfigPath = ConfigPath> {
  /** Where its value lies in Config. The user's key is the same without the unit. */
  readonly at: P;
  readonly type: ValueType<NonNullable<ValueAt<P>>>;
  /** As a user would write it, or how it is found out. */
  readonly fallback: string | ComputedDefault<ValueAt<P>>;
  /** One sentence. */
  readonly help: string;
  /** Environment name beside the long one. */
  readonly shortName?: string;
  /** Flag, where it is not the derived one. */
  readonly flag?: string;
  /** Never shown; may also be given as a file; not accepted on a command line, which everyone can read. */
  readonly secret?: boolean;
  /** True when a reload applies it to the running daemon. */
  readonly reloadable?: boolean;
}

export interface ComputedDefault<T> {
  /** For people: docs and `--help`. */
  readonly text: string;
  readonly value: (facts: Facts) => T;
}

/** What computed defaults may depend on. */
export interface Facts {
  readonly hostName: string;
  readonly cores: number;
  /** Absolute. */
  readonly stateDir: string;
  /** The C library's when the variable TZ names none. */
  readonly timeZone: string;
}

/** The user's name, also the path in YAML: `metrics.cacheTtl` for `metrics.cacheTtlMs`, since a user writes the unit. */
export function keyOf(setting: Setting): string {
  return setting.at.replace(/(?:Ms|MiB)$/, "");
}

/** The long environment name, and the short one if there is one. The long one wins. */
export function environmentNamesOf(setting: Setting): readonly string[] {
  const long = `CLOUD_MONITOR_${separated(keyOf(setting), "_").replaceAll(".", "_").toUpperCase()}`;
  return setting.shortName === undefined ? [long] : [long, setting.shortName];
}

/** A secret's flag takes the name of a file. */
export function flagOf(setting: Setting): string {
  const flag = setting.flag ?? `--${separated(keyOf(setting), "-").replaceAll(".", "-").toLowerCase()}`;
  return setting.secret ? `${flag}-file` : flag;
}

/** The default for people. */
export function fallbackTextOf(setting: Setting): string {
  return typeof setting.fallback === "string" ? setting.fallback : setting.fallback.text;
}

function separated(camelCase: string, separator: string): string {
  return camelCase.replace(/([a-z])([A-Z])/g, `$1${separator}$2`);
}

type Leaf = string | number | boolean | null | RegExp | readonly string[];
type PathsOf<T> = {
  [K in keyof T & string]: T[K] extends Leaf ? K : `${K}.${PathsOf<T[K]>}`;
}[keyof T & string];
type ValueAt<P extends string, T = Config> = P extends `${infer K}.${infer Rest}`
  ? K extends keyof T
    ? ValueAt<Rest, T[K]>
    : never
  : P extends keyof T
    ? T[P]
    : never;
