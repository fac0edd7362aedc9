import { expect, test } from "@jest/globals";
import { loadInMemory } from "../../config/testing/load-in-memory.ts";
import { silentLogger } from "../../model/logger.ts";
import { LiveConfig } from "./live-config.ts";
import { Reloader } from "./reloader.ts";

async function reloaded(env: Readonly<Record<string, string>>) {
  const applied: (string | number)[] = [];
  const reloader = new Reloader({
    live: new LiveConfig(await loadInMemory()),
    load: () => loadInMemory({ env }),
    setLogLevel: (level) => void applied.push(level),
    setHostInterval: async (seconds) => void applied.push(seconds),
    useDefinitions: () => {},
    logger: silentLogger,
  });
  return { applied, outcome: await reloader.reload() };
}

test("a reload with another default interval applies it to this host", async () => {
  const { applied, outcome } = await reloaded({ DEFAULT_INTERVAL: "9" });

  expect(outcome.changed).toEqual(["instances.defaultInterval"]);
  expect(applied).toEqual(["info", 9]);
});

test("a reload without one does not affect this host", async () => {
  const { applied } = await reloaded({ LOG_LEVEL: "debug" });

  expect(applied).toEqual(["debug"]);
});
