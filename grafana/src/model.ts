/** The parts of Grafana's classic dashboard schema that these dashboards use. */
export interface Dashboard {
  readonly uid: string;
  readonly title: string;
  readonly description: string;
  readonly tags: readonly string[];
  readonly schemaVersion: number;
  readonly editable: boolean;
  /** 1: a hover shows the same time in every panel. */
  readonly graphTooltip: number;
  readonly refresh: string;
  readonly time: { readonly from: string; readonly to: string };
  readonly timezone: string;
  readonly links: readonly DashboardLink[];
  readonly templating: { readonly list: readonly Variable[] };
  readonly annotations: { readonly list: readonly unknown[] };
  readonly panels: readonly PlacedPanel[];
}

export interface DashboardLink {
  readonly title: string;
  readonly type: "dashboards";
  readonly tags: readonly string[];
  readonly asDropdown: boolean;
  readonly includeVars: boolean;
  readonly keepTime: boolean;
  readonly targetBlank: boolean;
  readonly icon: string;
  readonly tooltip: string;
  readonly url: string;
}

export interface SourceRef {
  readonly type: string;
  readonly uid: string;
}

export interface Variable {
  readonly name: string;
  readonly label: string;
  readonly description: string;
  readonly type: "datasource" | "query";
  readonly query: string | { readonly query: string; readonly refId: string };
  readonly datasource?: SourceRef;
  readonly [option: string]: unknown;
}

export interface Target {
  readonly refId: string;
  readonly datasource: SourceRef;
  /** PromQL, of a Prometheus target. */
  readonly expr?: string;
  /** SQL, of a PostgreSQL target. */
  readonly rawSql?: string;
  readonly [option: string]: unknown;
}

export interface DataLink {
  readonly title: string;
  readonly url: string;
}

export interface Threshold {
  readonly color: string;
  /** Null: from the lowest value on. */
  readonly value: number | null;
}

export interface FieldOverride {
  readonly matcher: { readonly id: string; readonly options: string };
  readonly properties: readonly { readonly id: string; readonly value: unknown }[];
}

export interface Panel {
  readonly type: string;
  readonly title: string;
  readonly description: string;
  readonly datasource: SourceRef;
  readonly targets: readonly Target[];
  readonly fieldConfig: {
    readonly defaults: Readonly<Record<string, unknown>>;
    readonly overrides: readonly FieldOverride[];
  };
  readonly options: Readonly<Record<string, unknown>>;
  readonly transformations: readonly { readonly id: string; readonly options: Readonly<Record<string, unknown>> }[];
}

export interface GridPos {
  readonly h: number;
  readonly w: number;
  readonly x: number;
  readonly y: number;
}

export interface Row {
  readonly type: "row";
  readonly title: string;
  readonly collapsed: boolean;
  readonly panels: readonly never[];
}

export type PlacedPanel = (Panel | Row) & { readonly id: number; readonly gridPos: GridPos };
