import { isDeepStrictEqual } from "node:util";
import type { Config } from "./config.ts";
import { keyOf } from "./setting.ts";
import type { Setting } from "./setting.ts";
import { SETTINGS } from "./settings.ts";
import { shownValue, valueAt } from "./show-config.ts";

export interface ConfigChange {
  readonly key: string;
  /** As a user would write them; secrets hidden. */
  readonly from: string;
  readonly to: string;
}

export interface ConfigDiff {
  /** Applied by the reload. */
  readonly live: readonly ConfigChange[];
  /** Needs a restart. */
  readonly restart: readonly ConfigChange[];
}

/** The changes by a reload. */
export function diffConfig(before: Config, after: Config): ConfigDiff {
  const changed = SETTINGS.filter((one) => !isDeepStrictEqual(valueAt(before, one), valueAt(after, one)));
  const describe = (setting: Setting) => ({
    key: keyOf(setting),
    from: shownValue(before, setting),
    to: shownValue(after, setting),
  });
  return {
    live: changed.filter((setting) => setting.reloadable).map(describe),
    restart: changed.filter((setting) => !setting.reloadable).map(describe),
  };
}
