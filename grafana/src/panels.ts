import type { DataLink, FieldOverride, Panel, SourceRef, Threshold } from "./model.ts";
import { targets } from "./queries.ts";
import type { Query } from "./queries.ts";

export interface PanelSpec {
  readonly title: string;
  /** What it answers, and how to read it; shown by Grafana's "i". */
  readonly about: string;
  /** A unit of Grafana: `percent` is 0 to 100, `percentunit` 0 to 1. */
  readonly unit: string;
  readonly queries: readonly Query[];
  /** Columns of 24; default by the kind of panel. */
  readonly width?: number;
  readonly height?: number;
  readonly min?: number;
  readonly max?: number;
  readonly decimals?: number;
  /** Levels from which a value is worth a look and bad; green below. */
  readonly warnAt?: number;
  readonly badAt?: number;
  readonly thresholds?: readonly Threshold[];
  readonly values?: Readonly<Record<string, { readonly text: string; readonly color: string }>>;
  readonly links?: readonly DataLink[];
  readonly overrides?: readonly FieldOverride[];
}

/** A panel and the room that it takes. */
export interface SizedPanel {
  readonly panel: Panel;
  readonly width: number;
  readonly height: number;
}

export function timeseries(spec: PanelSpec & { readonly stacked?: boolean }): SizedPanel {
  const levels = levelsOf(spec);
  const custom = {
    drawStyle: "line",
    fillOpacity: spec.stacked === true ? 40 : 8,
    lineWidth: 1,
    showPoints: "never",
    spanNulls: false,
    stacking: { group: "A", mode: spec.stacked === true ? "normal" : "none" },
    thresholdsStyle: { mode: levels.length > 1 ? "dashed" : "off" },
  };
  const options = {
    legend: { calcs: ["lastNotNull", "max"], displayMode: "table", placement: "bottom", showLegend: true },
    tooltip: { mode: "multi", sort: "desc" },
  };
  return sized(spec, { type: "timeseries", options, custom, color: { mode: "palette-classic" } }, [12, 8]);
}

export function stat(spec: PanelSpec & { readonly show?: "value" | "name" | "value_and_name" }): SizedPanel {
  const options = {
    colorMode: "value",
    graphMode: "none",
    justifyMode: "auto",
    orientation: "auto",
    reduceOptions: { calcs: ["lastNotNull"], fields: "", values: false },
    textMode: spec.show ?? "auto",
  };
  return sized(spec, { type: "stat", options, color: { mode: "thresholds" } }, [4, 4]);
}

/** A bar a value, longest first when the query sorts them. */
export function bars(spec: PanelSpec): SizedPanel {
  const options = {
    displayMode: "gradient",
    orientation: "horizontal",
    reduceOptions: { calcs: ["lastNotNull"], fields: "", values: false },
    showUnfilled: true,
    valueMode: "color",
  };
  return sized(spec, { type: "bargauge", options, color: { mode: "thresholds" } }, [8, 9]);
}

/** A band of colour for each span of equal values. */
export function timeline(spec: PanelSpec): SizedPanel {
  const options = {
    alignValue: "left",
    legend: { displayMode: "list", placement: "bottom", showLegend: false },
    mergeValues: true,
    rowHeight: 0.8,
    showValue: "never",
    tooltip: { mode: "single", sort: "none" },
  };
  const custom = { fillOpacity: 80, lineWidth: 0 };
  return sized(spec, { type: "state-timeline", options, custom, color: { mode: "thresholds" } }, [24, 4]);
}

export interface TableSpec extends PanelSpec {
  /** Column of the label or SQL column -> its heading, unit and, where a value has levels, colour. */
  readonly columns?: Readonly<Record<string, Column>>;
  readonly hidden?: readonly string[];
  readonly sortBy?: string;
}

export interface Column {
  readonly name?: string;
  readonly unit?: string;
  readonly warnAt?: number;
  readonly badAt?: number;
  readonly links?: readonly DataLink[];
}

/** Rows of one query, or of several with equal labels merged into one row. */
export function table(spec: TableSpec): SizedPanel {
  const columns = Object.entries(spec.columns ?? {}).map(([key, column]) => overrideOf(key, column));
  const sortBy = spec.sortBy === undefined ? [] : [{ desc: true, displayName: spec.sortBy }];
  const options = { cellHeight: "sm", footer: { show: false }, showHeader: true, sortBy };
  const transformations = [
    ...(spec.queries.length > 1 ? [{ id: "merge", options: {} }] : []),
    {
      id: "organize",
      options: {
        excludeByName: Object.fromEntries((spec.hidden ?? []).map((name) => [name, true])),
        indexByName: {},
        renameByName: {},
      },
    },
  ];
  const kind = { type: "table", options, custom: { align: "auto" }, color: { mode: "thresholds" }, transformations };
  return sized({ ...spec, overrides: columns }, kind, [12, 9]);
}

interface Kind {
  readonly type: string;
  readonly options: Panel["options"];
  readonly color: { readonly mode: string };
  readonly custom?: Readonly<Record<string, unknown>>;
  readonly transformations?: Panel["transformations"];
}

function sized(spec: PanelSpec, kind: Kind, [width, height]: readonly [number, number]): SizedPanel {
  const panel: Panel = {
    type: kind.type,
    title: spec.title,
    description: spec.about,
    datasource: sourceOf(spec.queries),
    targets: targets(spec.queries),
    fieldConfig: { defaults: defaultsOf(spec, kind), overrides: spec.overrides ?? [] },
    options: kind.options,
    transformations: kind.transformations ?? [],
  };
  return { panel, width: spec.width ?? width, height: spec.height ?? height };
}

function sourceOf(queries: readonly Query[]): SourceRef {
  return queries[0]!.datasource;
}

function defaultsOf(spec: PanelSpec, kind: Kind): Readonly<Record<string, unknown>> {
  return {
    unit: spec.unit,
    color: kind.color,
    custom: kind.custom ?? {},
    ...(spec.min !== undefined && { min: spec.min }),
    ...(spec.max !== undefined && { max: spec.max }),
    ...(spec.decimals !== undefined && { decimals: spec.decimals }),
    links: spec.links ?? [],
    mappings: spec.values === undefined ? [] : [{ type: "value", options: spec.values }],
    thresholds: { mode: "absolute", steps: levelsOf(spec) },
  };
}

function levelsOf(spec: Pick<PanelSpec, "thresholds" | "warnAt" | "badAt">): readonly Threshold[] {
  if (spec.thresholds !== undefined) return spec.thresholds;
  return [
    { color: "green", value: null },
    ...(spec.warnAt === undefined ? [] : [{ color: "orange", value: spec.warnAt }]),
    ...(spec.badAt === undefined ? [] : [{ color: "red", value: spec.badAt }]),
  ];
}

function overrideOf(key: string, column: Column): FieldOverride {
  const coloured = column.warnAt !== undefined || column.badAt !== undefined;
  const properties = [
    ...(column.name === undefined ? [] : [{ id: "displayName", value: column.name }]),
    ...(column.unit === undefined ? [] : [{ id: "unit", value: column.unit }]),
    ...(column.links === undefined ? [] : [{ id: "links", value: column.links }]),
    ...(coloured ? [{ id: "thresholds", value: { mode: "absolute", steps: levelsOf(column) } }] : []),
    ...(coloured ? [{ id: "custom.cellOptions", value: { type: "color-text" } }] : []),
  ];
  return { matcher: { id: "byName", options: key }, properties };
}
