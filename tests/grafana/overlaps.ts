import type { PlacedPanel } from "../../grafana/src/model.ts";

/** Pairs of titles whose panels share a cell of the grid. */
export function overlapsOf(panels: readonly PlacedPanel[]): string[] {
  return panels.flatMap((panel, index) =>
    panels
      .slice(index + 1)
      .filter((other) => overlap(panel, other))
      .map((other) => `${panel.title} and ${other.title}`),
  );
}

function overlap({ gridPos: a }: PlacedPanel, { gridPos: b }: PlacedPanel): boolean {
  return a.x < b.x + b.w && b.x < a.x + a.w && a.y < b.y + b.h && b.y < a.y + a.h;
}
