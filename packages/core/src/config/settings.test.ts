import { describe, expect, it } from "@jest/globals";
import { readFileSync } from "node:fs";
import { COMMAND_FLAGS } from "./sources/command-line.ts";
import { allEnvironmentNamesOf, CONFIG_FILE_VARIABLE } from "./sources/environment-source.ts";
import { environmentNamesOf, fallbackTextOf, flagOf, keyOf } from "./setting.ts";
import { SETTINGS } from "./settings.ts";
import { settingsTable } from "./testing/settings-docs.ts";

const root = new URL("../../../../", import.meta.url);
const read = (path: string) => readFileSync(new URL(path, root), "utf8");

describe("the settings", () => {
  it("have distinct keys, environment names and flags", () => {
    for (const names of [SETTINGS.map(keyOf), SETTINGS.flatMap(allEnvironmentNamesOf), SETTINGS.map(flagOf)]) {
      expect(names).toHaveLength(new Set(names).size);
    }
  });

  it("explain themselves in one sentence", () => {
    expect(SETTINGS.filter(({ help }) => !/^[A-Z].*\.$/.test(help)).map(keyOf)).toEqual([]);
  });

  it("precede the settings whose defaults depend on the state folder", () => {
    const keys = SETTINGS.map(keyOf);

    expect(keys.indexOf("stateDir")).toBeLessThan(keys.indexOf("process.pidFile"));
  });
});

describe("docs/configure.md", () => {
  it("has exactly the table of all settings", () => {
    const table = read("docs/configure.md")
      .split("\n")
      .filter((line) => line.startsWith("|"));

    expect(table.join("\n")).toBe(settingsTable(SETTINGS));
  });

  it("names the flags that are no settings", () => {
    const text = read("docs/configure.md");

    expect(Object.keys(COMMAND_FLAGS).filter((flag) => !text.includes(`\`${flag}`))).toEqual([]);
  });
});

describe(".env.example", () => {
  it("lists one name of every setting, the short one where there is one, and nothing else", () => {
    const listed = [...read(".env.example").matchAll(/^#?([A-Z][A-Z0-9_]*)=/gm)].map(([, name]) => name);
    const files = SETTINGS.filter(({ secret }) => secret).map(
      (setting) => `${environmentNamesOf(setting).at(-1)}_FILE`,
    );
    const names = SETTINGS.map((setting) => environmentNamesOf(setting).at(-1));

    expect(listed).toHaveLength(new Set(listed).size);
    expect(new Set(listed)).toEqual(new Set([...names, ...files, CONFIG_FILE_VARIABLE]));
  });

  it("shows the defaults", () => {
    const text = read(".env.example");
    const wanted = SETTINGS.filter(({ fallback }) => typeof fallback === "string" && !fallback.includes("$"));

    const missing = wanted.filter(
      (setting) => !text.includes(`\n#${environmentNamesOf(setting).at(-1)}=${fallbackTextOf(setting)}\n`),
    );

    expect(missing.map(keyOf)).toEqual([]);
  });
});
