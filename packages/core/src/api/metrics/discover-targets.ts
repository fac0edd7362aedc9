import * as Type from "typebox";
import { targetUrl } from "../../collectors/targets/target-url.ts";
import type { Fleet } from "../../fleet/fleet.ts";
import type { Instance } from "../../model/instance.ts";
import { textMap } from "../../model/schemas/text-map.ts";
import type { ApiContext } from "../http/context.ts";
import { route } from "../http/route.ts";
import { choice } from "../../model/schemas/choice.ts";
import { problems } from "../schemas/problem.ts";

const ROLES = ["pages", "targets"] as const;

const Query = Type.Object({ role: choice(ROLES, "pages or targets") });

/** The format of http_sd: https://prometheus.io/docs/prometheus/latest/http_sd/ */
const TargetGroups = Type.Array(Type.Object({ targets: Type.Array(Type.String()), labels: textMap(Type.String()) }));

interface TargetGroup {
  targets: string[];
  labels: Record<string, string>;
}

/** Targets for the http_sd of Prometheus: the pages of this daemon, or what its instances scrape. */
export const discoverTargets = ({ exposition, fleet }: ApiContext) =>
  route({
    method: "GET",
    paths: ["/api/v1/sd/prometheus"],
    access: "token",
    operationId: "discoverTargets",
    tag: "metrics",
    summary: "Targets for Prometheus: pages of this daemon's instances, or the targets that it scrapes",
    schema: { querystring: Query, response: { 200: TargetGroups, ...problems(400, 401) } },
    handler: async ({ headers, query }): Promise<TargetGroup[]> => {
      if (query.role === "targets") return [...scrapedTargets(fleet)];
      const { host = "" } = headers;
      return exposition.places().pages.map((page) => pageTarget(host, page));
    },
  });

/** Every page has an `instance` of its own: two targets with the same labels would be one. */
function pageTarget(address: string, page: number): TargetGroup {
  return {
    targets: [address],
    labels: {
      __metrics_path__: "/metrics/instances",
      __param_page: String(page),
      instance: `${address}/page-${page}`,
    },
  };
}

function* scrapedTargets(fleet: Fleet): Generator<TargetGroup> {
  for (const instance of fleet.instances()) {
    if (instance.kind !== "scrape") continue;
    const url = URL.parse(targetUrl(instance));
    if (url !== null) yield scrapedTarget(instance, url);
  }
}

function scrapedTarget({ id, name, ip, source, labels, profile }: Instance, url: URL): TargetGroup {
  const parameters = [...url.searchParams].map(([key, value]) => [`__param_${key}`, value] as const);
  return {
    targets: [url.port === "" ? `${url.hostname}:${url.protocol === "https:" ? 443 : 80}` : url.host],
    labels: {
      ...labels,
      ...Object.fromEntries(parameters),
      __scheme__: url.protocol.slice(0, -1),
      __metrics_path__: url.pathname,
      __meta_cloud_monitor_id: String(id),
      __meta_cloud_monitor_ip: ip,
      __meta_cloud_monitor_source: source,
      ...(profile !== null && { __meta_cloud_monitor_profile: profile }),
      name,
    },
  };
}
