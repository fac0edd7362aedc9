import type { CollectorList } from "@cloud-monitor/client";
import type { ApiContext } from "../http/context.ts";

export function presentCollectors({ switches, hung, lastSuccessSeconds }: ApiContext["collectors"]): CollectorList {
  const seconds = lastSuccessSeconds();
  const left = hung();
  return {
    items: switches.list().map(({ name, enabled, origin }) => ({
      name,
      enabled,
      origin,
      hung: left.includes(name),
      lastSuccess: seconds[name] === undefined ? null : new Date(seconds[name] * 1000).toISOString(),
    })),
  };
}
