import { expect, test } from "@jest/globals";
import { diffConfig } from "../../config/diff-config.ts";
import { loadInMemory } from "../../config/testing/load-in-memory.ts";
import { keyOf } from "../../config/setting.ts";
import { SETTINGS } from "../../config/settings.ts";
import { LiveConfig } from "./live-config.ts";

/** A value other than the default for every setting that a reload applies, and for some that it cannot apply. */
const CHANGED = {
  API_TOKEN: "a-token-of-sixteen-or-more-characters",
  DEFAULT_INTERVAL: "9",
  CLOUD_MONITOR_INSTANCES_REMOVAL_LIMIT_PERCENT: "30",
  METRICS_CACHE_TTL: "7s",
  METRICS_INSTANCES_MAX: "77",
  LOG_LEVEL: "debug",
  LOG_FORMAT: "text",
  HTTP_PORT: "8123",
  CLOUD_MONITOR_SHARDS_THREADS: "7",
};

test("every setting reported as applied is in effect, and none that needs a restart", async () => {
  const loaded = await loadInMemory();
  const before = loaded.config;
  const loadedNext = await loadInMemory({ env: CHANGED });
  const next = loadedNext.config;
  const reported = diffConfig(before, next);
  const live = new LiveConfig(loaded);

  live.adopt(loadedNext);

  const reloadable = SETTINGS.filter((setting) => setting.reloadable).map(keyOf);
  expect(reported.live.map(({ key }) => key)).toEqual(reloadable);
  expect(diffConfig(live.current, next)).toEqual({ live: [], restart: reported.restart });
  expect(diffConfig(before, live.current)).toEqual({ live: reported.live, restart: [] });
});
