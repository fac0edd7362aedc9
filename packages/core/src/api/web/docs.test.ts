import { readFileSync } from "node:fs";
import { expect, test } from "@jest/globals";
import { ERRORS } from "../../model/errors.ts";
import { allRoutes } from "../all.ts";
import { testApi } from "../testing/test-api.ts";

function docs(name: string): string {
  return readFileSync(new URL(`../../../../../docs/${name}`, import.meta.url), "utf8");
}

/** The cells of all table rows whose first cell matches. */
function rowsOf(text: string, first: RegExp): string[][] {
  const rows = text.split("\n").filter((line) => line.startsWith("|"));
  return rows
    .map((row) =>
      row
        .split("|")
        .slice(1, -1)
        .map((cell) => cell.trim()),
    )
    .filter(([cell]) => first.test(cell!));
}

test("docs/errors.md has every code with its status and meaning, no other, and what to do", () => {
  const rows = rowsOf(docs("errors.md"), /^`[A-Z_]+`$/);

  const documented = rows.map(([code, status, meaning]) => `${code} ${status} ${meaning}`);
  const known = Object.entries(ERRORS).map(([code, { status, meaning }]) => `\`${code}\` ${status ?? "-"} ${meaning}`);
  expect(new Set(documented)).toEqual(new Set(known));
  expect(rows.every(([, , , remedy]) => remedy !== undefined && remedy.length > 10)).toBe(true);
});

test("docs/api.md has every route with its short path and access, and no other", async () => {
  await using api = await testApi();

  const documented = rowsOf(docs("api.md"), /^`[A-Z]+ \//).map(
    ([route, alias, access]) => `${route} ${alias} ${access}`,
  );

  const known = allRoutes(api.context).map(({ method, paths: [path, alias], access }) => {
    const shortPath = alias === undefined ? "" : `\`${alias}\``;
    return `\`${method} ${path}\` ${shortPath} ${access}`;
  });
  expect(new Set(documented)).toEqual(new Set(known));
});
