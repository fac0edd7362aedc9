import type { SettingDeclaration } from "../model/setting/setting-declaration.ts";
import type { Config } from "./config.ts";

/** Every path in Config with a value: `http.port`, `stateDir`, ... */
export type ConfigPath = PathsOf<Config>;

/** A setting and its path. Its names are derived: see the functions below. */
export interface Setting<P extends ConfigPath = ConfigPath> extends SettingDeclaration<ValueAt<P>> {
  /** The path of its value in Config. The user's key is the same without the unit. */
  readonly at: P;
}

/** The user's name, also the path in YAML: `metrics.cacheTtl` for `metrics.cacheTtlMs`, since a user writes the unit. */
export function keyOf(setting: Setting): string {
  return setting.at.replace(/(?:Ms|MiB)$/, "");
}

/** The long environment name, and the short one if any. The long one takes precedence. */
export function environmentNamesOf(setting: Setting): readonly string[] {
  const long = `CLOUD_MONITOR_${separated(keyOf(setting), "_").replaceAll(".", "_").toUpperCase()}`;
  return setting.shortName === undefined ? [long] : [long, setting.shortName];
}

/** The flag of a secret takes a file name. */
export function flagOf(setting: Setting): string {
  const flag = setting.flag ?? `--${separated(keyOf(setting), "-").replaceAll(".", "-").toLowerCase()}`;
  return setting.secret ? `${flag}-file` : flag;
}

/** The default for display. */
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
