import type { Config } from "./config.ts";
import type { LoadedConfig } from "./loaded-config.ts";
import { keyOf } from "./setting.ts";
import type { Setting } from "./setting.ts";
import { SETTINGS } from "./settings.ts";

/** Every value with its source, one per line, secrets as `***`. */
export function showConfig({ config, origins }: LoadedConfig): string {
  const rows = SETTINGS.map((setting) => [
    `${keyOf(setting)} = ${shownValue(config, setting)}`,
    origins.get(keyOf(setting)) ?? "",
  ]);
  // A long regular expression moves only its own source to the right.
  const width = Math.min(60, Math.max(...rows.map(([value = ""]) => value.length)));
  return rows.map(([value = "", origin = ""]) => `${value.padEnd(width)}  # ${origin}`).join("\n");
}

/** A value as a user would write it; `***` for a secret that is set, `none` for what is not set. */
export function shownValue(config: Config, setting: Setting): string {
  const value = valueAt(config, setting);
  if (value === null) return "none";
  return setting.secret ? "***" : setting.type.format(value);
}

/** The value of a setting; its type is that of the setting's path. */
export function valueAt(
  config: Config,
  setting: Setting,
): NonNullable<Parameters<Setting["type"]["format"]>[0]> | null {
  let node: unknown = config;
  for (const name of setting.at.split(".")) node = (node as Record<string, unknown>)[name];
  return node as ReturnType<typeof valueAt>;
}
