import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import stringWidth from "string-width";
import { formatTable } from "./table.ts";

const columns = [
  { title: "ID", text: (row: [number, string]) => String(row[0]), align: "right" as const },
  { title: "NAME", text: (row: [number, string]) => row[1] },
  { title: "END", text: () => "." },
];

describe("formatTable", () => {
  test("numbers are right-aligned, text left-aligned, and no line ends in spaces", () => {
    const table = formatTable(columns.slice(0, 2), [
      [7, "a"],
      [1234, "web-1"],
    ]);

    expect(table).toBe(["  ID  NAME", "   7  a", "1234  web-1", ""].join("\n"));
  });

  test("a header remains when there are no rows", () => {
    expect(formatTable(columns, [])).toBe("ID  NAME  END\n");
  });

  test("wide characters take two columns, colours none", () => {
    const coloured = columns.map((column) => ({ ...column, style: (text: string) => `\u001b[31m${text}\u001b[39m` }));

    const lines = formatTable(coloured, [
      [1, "データ"],
      [2, "e\u0301te"],
    ]).split("\n");

    expect(lines.slice(0, 3).map((line) => stringWidth(line))).toEqual([15, 13, 13]);
  });

  test("external text cannot control the terminal", () => {
    const table = formatTable(columns, [[1, "a\u001b[2J\rb\u0007\u202e"]]);

    expect(table).not.toMatch(/[\u001b\r\u0007\u202e]/);
  });

  test("the last column begins at the same place in every line, whatever the names", () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(), fc.string({ unit: "grapheme-composite" }))), (rows) => {
        const [header = "", ...lines] = formatTable(columns, rows).trimEnd().split("\n");

        const width = stringWidth(header) - "END".length;
        expect(lines.map((line) => stringWidth(line.slice(0, -1)))).toEqual(rows.map(() => width));
      }),
    );
  });
});
