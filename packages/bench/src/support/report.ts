import { machine } from "../machine.ts";

export type Row = readonly (string | number)[];

/** Prints a Markdown table that can be pasted into docs/benchmarks.md, with the machine under it. */
export function report(title: string, header: Row, rows: readonly Row[]): void {
  const line = (cells: Row) => `| ${cells.map(cell).join(" | ")} |`;
  console.log(`\n${title}\n`);
  console.log(line(header));
  console.log(`|${header.map(() => "---").join("|")}|`);
  for (const row of rows) console.log(line(row));
  console.log(`\n${machine()}`);
}

/** For a peer that is not on this machine: says what is missing; not a failure. */
export function skip(what: string, needs: string): void {
  console.log(`${what}: skipped: needs ${needs}`);
}

/** Three significant digits, with commas from a thousand on. */
function cell(value: string | number): string {
  return typeof value === "string" ? value : new Intl.NumberFormat("en", { maximumSignificantDigits: 3 }).format(value);
}
