import { readFileSync } from "node:fs";
import { expect, test } from "@jest/globals";
import { environmentNamesOf, fallbackTextOf } from "../../packages/core/src/config/setting.ts";
import { SETTINGS } from "../../packages/core/src/config/settings.ts";

const README = readFileSync(new URL("../../README.md", import.meta.url), "utf8");

/** Rows of the README's table of settings: environment name, default, meaning. */
function settingsRows(): string[][] {
  const lines = README.split("\n");
  const head = lines.indexOf("| Environment | Default | Meaning |");
  const rest = lines.slice(head + 2);
  const rows = rest.slice(
    0,
    rest.findIndex((line) => !line.startsWith("|")),
  );
  return rows.map((row) => row.slice(2, -2).split(" | "));
}

test("the README's table of settings says what the settings say", () => {
  const rows = settingsRows();

  expect(rows.length).toBeGreaterThanOrEqual(8);
  for (const [name, fallback, meaning] of rows) {
    const setting = SETTINGS.find((one) => environmentNamesOf(one).some((known) => `\`${known}\`` === name));
    expect({ name, known: setting !== undefined }).toEqual({ name, known: true });
    const wanted = typeof setting!.fallback === "string" ? `\`${setting!.fallback}\`` : fallbackTextOf(setting!);
    expect([name, fallback, meaning]).toEqual([name, wanted, setting!.help]);
  }
});
