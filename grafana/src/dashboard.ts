import { place } from "./layout.ts";
import type { Section } from "./layout.ts";
import type { Dashboard, DashboardLink, Variable } from "./model.ts";

export interface DashboardSpec {
  /** Never changes: bookmarks and links are made of it. */
  readonly uid: string;
  readonly title: string;
  readonly about: string;
  readonly variables: readonly Variable[];
  readonly sections: readonly Section[];
  readonly from?: string;
  readonly refresh?: string;
}

const TAG = "cloud-monitor";

/** 38 is what Grafana 10.0 writes; later ones bring it forward when they load it. */
const SCHEMA_VERSION = 38;

const TO_THE_OTHERS: DashboardLink = {
  title: "cloud-monitor",
  type: "dashboards",
  tags: [TAG],
  asDropdown: true,
  includeVars: true,
  keepTime: true,
  targetBlank: false,
  icon: "external link",
  tooltip: "The other dashboards of cloud-monitor, for the same time",
  url: "",
};

export function dashboard(spec: DashboardSpec): Dashboard {
  return {
    uid: spec.uid,
    title: spec.title,
    description: spec.about,
    tags: [TAG],
    schemaVersion: SCHEMA_VERSION,
    editable: true,
    graphTooltip: 1,
    refresh: spec.refresh ?? "10s",
    time: { from: spec.from ?? "now-1h", to: "now" },
    timezone: "browser",
    links: [TO_THE_OTHERS],
    templating: { list: spec.variables },
    annotations: { list: [] },
    panels: place(spec.sections),
  };
}
