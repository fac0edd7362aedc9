import type { PlacedPanel } from "./model.ts";
import type { SizedPanel } from "./panels.ts";

/** Panels under one heading. */
export interface Section {
  readonly title: string;
  readonly panels: readonly SizedPanel[];
}

const GRID_COLUMNS = 24;

/** Flows the panels of each section from left to right, a new line where the next does not fit; ids count from 1. */
export function place(sections: readonly Section[]): PlacedPanel[] {
  const placed: PlacedPanel[] = [];
  let y = 0;
  for (const { title, panels } of sections) {
    const row = { type: "row", title, collapsed: false, panels: [] } as const;
    placed.push({ id: placed.length + 1, ...row, gridPos: { h: 1, w: GRID_COLUMNS, x: 0, y } });
    y += 1;
    for (const line of linesOf(panels)) {
      let x = 0;
      for (const { panel, width, height } of line) {
        placed.push({ id: placed.length + 1, ...panel, gridPos: { h: height, w: width, x, y } });
        x += width;
      }
      y += Math.max(...line.map(({ height }) => height));
    }
  }
  return placed;
}

function linesOf(panels: readonly SizedPanel[]): SizedPanel[][] {
  const lines: SizedPanel[][] = [];
  let used = GRID_COLUMNS;
  for (const panel of panels) {
    if (used + panel.width > GRID_COLUMNS) {
      lines.push([]);
      used = 0;
    }
    lines.at(-1)!.push(panel);
    used += panel.width;
  }
  return lines;
}
