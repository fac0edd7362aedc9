import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import type { Dashboard, Panel, PlacedPanel, Target } from "../../grafana/src/model.ts";
import { REPOSITORY } from "../support/source-tree.ts";

/** A dashboard as Grafana loads it. */
export interface ShippedDashboard {
  readonly file: string;
  readonly dashboard: Dashboard;
}

/** One query of one panel. */
export interface Question {
  /** Dashboard's uid, panel's title and query's letter, as in no-data.ts. */
  readonly name: string;
  readonly text: string;
}

const FOLDER = join(REPOSITORY, "grafana/dashboards");

export const SHIPPED: readonly ShippedDashboard[] = readdirSync(FOLDER)
  .filter((file) => file.endsWith(".json"))
  .map((file) => ({ file, dashboard: JSON.parse(readFileSync(join(FOLDER, file), "utf8")) as Dashboard }));

/** All except headings. */
export function panelsOf({ panels }: Dashboard): (Panel & PlacedPanel)[] {
  return panels.filter((panel): panel is Panel & PlacedPanel => panel.type !== "row");
}

/** The PromQL of every panel. */
export const EXPRESSIONS: readonly Question[] = questions((target) => target.expr);

/** The SQL of every panel. */
export const STATEMENTS: readonly Question[] = questions((target) => target.rawSql);

function questions(textOf: (target: Target) => string | undefined): Question[] {
  return SHIPPED.flatMap(({ dashboard }) =>
    panelsOf(dashboard).flatMap((panel) =>
      panel.targets.flatMap((target) => {
        const text = textOf(target);
        return text === undefined ? [] : [{ name: `${dashboard.uid} / ${panel.title} / ${target.refId}`, text }];
      }),
    ),
  );
}
