import stringWidth from "string-width";
import { printable } from "./printable.ts";

export interface Column<Row> {
  readonly title: string;
  /** Plain text, possibly from an external source. */
  readonly text: (row: Row) => string;
  readonly align?: "left" | "right";
  /** Colours the finished cell. */
  readonly style?: (text: string, row: Row) => string;
}

/** Columns without borders, two spaces apart, nothing at the end of a line; a header even without rows. */
export function formatTable<Row>(columns: readonly Column<Row>[], rows: readonly Row[]): string {
  const cells = rows.map((row) => columns.map((column) => printable(column.text(row))));
  const widths = columns.map((column, index) =>
    cells.reduce((widest, line) => Math.max(widest, stringWidth(line[index] ?? "")), stringWidth(column.title)),
  );
  const header = columns.map((column, index) => pad(column.title, widths[index] ?? 0, column.align));
  const lines = cells.map((line, at) =>
    columns.map((column, index) => {
      const cell = line[index] ?? "";
      const styled = column.style?.(cell, rows[at] as Row) ?? cell;
      return pad(styled, widths[index] ?? 0, column.align);
    }),
  );
  return [header, ...lines].map((line) => `${line.join("  ").trimEnd()}\n`).join("");
}

/** Width in screen columns: colours take none, wide characters two. */
function pad(text: string, width: number, align: "left" | "right" = "left"): string {
  const space = " ".repeat(Math.max(0, width - stringWidth(text)));
  return align === "right" ? space + text : text + space;
}
