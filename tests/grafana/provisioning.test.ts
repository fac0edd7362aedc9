import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import { parse } from "yaml";
import { REPOSITORY } from "../support/source-tree.ts";

const FILES = [
  "datasources/cloud-monitor-postgresql.yml",
  "datasources/cloud-monitor-prometheus.yml",
  "dashboards/cloud-monitor.yml",
];
const HOSTILE = [`Pa$word`, "Pa$$word", "${HOME}", "$__file{/etc/passwd}", `it's "quoted" #1: 100 %`, " \\n\\ "];

describe.each(FILES)("%s", (file) => {
  const values = stringsOf(parse(readFileSync(join(REPOSITORY, "grafana/provisioning", file), "utf8")));
  const variables = values.filter((value) => value.includes("$"));

  test.each(HOSTILE)("passes on %j unchanged from the environment", (secret) => {
    const names = variables.flatMap((value) => value.match(/\w{2,}/g) ?? []);
    const environment = Object.fromEntries(names.map((name) => [name, secret]));

    const handedOn = variables.map((value) => expand(value, environment));

    expect(variables.length).toBeGreaterThan(0);
    expect(handedOn).toEqual(variables.map((value) => value.replaceAll(/\$\w+/g, () => secret)));
  });
});

test("a braced variable would be expanded twice", () => {
  expect(expand("${PASSWORD}", { PASSWORD: "Pa$word" })).toBe("Pa");
});

/** As in Grafana's provisioning: first braced variables, then every `$NAME` and `${NAME}` of the result; `$$` is a `$`. */
function expand(text: string, environment: Readonly<Record<string, string>>): string {
  const value = (name: string) => environment[name] ?? "";
  return text
    .split("$$")
    .map((part) => part.replaceAll(/\$(?:__env)?\{(\w+)\}/g, (_all, name: string) => value(name)))
    .map((part) => part.replaceAll(/\$(?:\{(\w+)\}|(\w+))/g, (_all, braced, bare) => value(String(braced ?? bare))))
    .join("$");
}

function stringsOf(value: unknown): string[] {
  if (typeof value === "string") return [value];
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(stringsOf) : [];
}
