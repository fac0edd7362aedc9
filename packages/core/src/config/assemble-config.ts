import type { Facts } from "../model/setting/setting-declaration.ts";
import type { Config } from "./config.ts";
import { deepFreeze } from "./deep-freeze.ts";
import type { LoadedConfig } from "./loaded-config.ts";
import type { ParsedValue } from "./parse-given.ts";
import { keyOf } from "./setting.ts";
import type { Setting } from "./setting.ts";
import { SETTINGS } from "./settings.ts";

/** Assembles the configuration from every setting's value, given or default. */
export function assembleConfig(
  given: ReadonlyMap<Setting, ParsedValue>,
  machine: Omit<Facts, "stateDir"> & { readonly cwd: string },
): Pick<LoadedConfig, "config" | "origins"> {
  const root: Record<string, unknown> = {};
  const origins = new Map<string, string>();
  for (const setting of SETTINGS) {
    const parsed = given.get(setting);
    // stateDir precedes the settings whose defaults are in it.
    const facts = { ...machine, stateDir: String(root["stateDir"]) };
    place(root, setting.at.split("."), parsed === undefined ? defaultOf(setting, facts) : parsed.value);
    origins.set(keyOf(setting), parsed?.place ?? "default");
  }
  return { config: deepFreeze(root as unknown as Config), origins };
}

function defaultOf(setting: Setting, facts: Facts & { readonly cwd: string }): unknown {
  if (typeof setting.fallback !== "string") return setting.fallback.value(facts);
  const parsed = setting.type.parse(setting.fallback, facts);
  if (!parsed.ok) throw new TypeError(`the default of ${setting.at} is not ${setting.type.wanted}`);
  return parsed.value;
}

function place(root: Record<string, unknown>, path: readonly string[], value: unknown): void {
  const [head = "", ...rest] = path;
  if (rest.length === 0) root[head] = value;
  else place((root[head] ??= {}) as Record<string, unknown>, rest, value);
}
