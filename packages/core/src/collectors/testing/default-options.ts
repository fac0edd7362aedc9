import { HOST_SETTINGS } from "../registry.ts";
import type { HostOptions } from "../registry.ts";

/** The inputs of computed defaults in a test. */
const FACTS = { hostName: "host", cores: 1, stateDir: "/nowhere", systemTimeZone: "UTC0" };

/** For tests: the default options of this host, in UTC. */
export function defaultOptions(): HostOptions {
  const values = HOST_SETTINGS.map(([key, { type, fallback }]) => {
    if (typeof fallback !== "string") return [key, fallback.value(FACTS)];
    const parsed = type.parse(fallback, { cwd: "/nowhere" });
    if (!parsed.ok) throw new Error(`the default of ${key} is not ${type.wanted}`);
    return [key, parsed.value];
  });
  return Object.fromEntries(values) as HostOptions;
}
