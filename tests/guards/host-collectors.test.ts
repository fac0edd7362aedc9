import { join } from "node:path";
import { expect, test } from "@jest/globals";
import { HOST_COLLECTORS } from "../../packages/core/src/collectors/registry.ts";
import { REGISTRY, hostCollectorsElsewhere } from "./host-collectors.ts";
import type { RegisteredCollector } from "./host-collectors.ts";
import { importsOf } from "./imports.ts";
import { REPOSITORY, packageSources } from "../support/source-tree.ts";

const HOST = "packages/core/src/collectors/host";
const SWAP: RegisteredCollector = { path: `${HOST}/swap/swap.ts`, words: ["node_swap_in_total", "swapFilesExclude"] };
const ZONES: RegisteredCollector = { path: `${HOST}/zones.ts`, words: ["node_zone_pages_{kind}_free"] };

/** The collectors of the registry with the files from which it imports them. */
async function registered(): Promise<RegisteredCollector[]> {
  const registry = packageSources().find(({ path }) => path === REGISTRY)!;
  const paths = importsOf(registry).flatMap(({ path }) => path ?? []);
  const modules = await Promise.all(
    paths.map(async (path) => [path, (await import(join(REPOSITORY, path))) as object] as const),
  );
  return HOST_COLLECTORS.map((definition) => {
    const [path] = modules.find(([, module]) => Object.values(module).includes(definition))!;
    return { path, words: [...definition.families.map(({ name }) => name), ...Object.keys(definition.settings)] };
  });
}

test("a host collector is its file or folder and its line in the registry", async () => {
  const collectors = await registered();

  expect(collectors.map(({ words }) => words.length).every((count) => count > 0)).toBe(true);
  expect(hostCollectorsElsewhere(packageSources(), collectors)).toEqual([]);
});

test.each([
  ["packages/core/src/config/settings.ts", `at: "host.swapFilesExclude"`, "names swapFilesExclude"],
  ["packages/core/src/model/catalogue/daemon.ts", `gauge("node_swap_in_total")`, "names node_swap_in_total"],
  [`${HOST}/families.ts`, "/^node_zone_pages_{kind}_free$/", "names node_zone_pages_{kind}_free"],
  [
    "packages/core/src/collection/worker/host-runner.ts",
    `import { SwapCollector } from "../../collectors/host/swap/swap.ts";`,
    "imports ../../collectors/host/swap/swap.ts",
  ],
  [`${HOST}/cpu/cpu.ts`, `import { parsePages } from "../swap/pages.ts";`, "imports ../swap/pages.ts"],
  [`${HOST}/cpu/cpu.ts`, `import { parseZones } from "../zones.ts";`, "imports ../zones.ts"],
  [
    `${HOST}/pressure.ts`,
    "export const PRESSURE: HostCollectorDefinition = {",
    "defines a collector that the registry lacks",
  ],
])("the guard fires on %s with %s", (path, text, problem) => {
  expect(hostCollectorsElsewhere([{ path, text }], [SWAP, ZONES])).toEqual([`${path} ${problem}`]);
});

test.each([
  [SWAP.path, `import { parsePages } from "./pages.ts"; "node_swap_in_total"`],
  [`${HOST}/swap/pages.ts`, `"node_swap_in_total"`],
  [REGISTRY, `import { SWAP } from "./host/swap/swap.ts";`],
  ["packages/core/src/config/load-config.test.ts", "host.swapFilesExclude"],
  ["packages/core/src/api/landing.ts", `"node_swap_in_total_seconds" + "node_swap"`],
])("the guard is silent on %s with %s", (path, text) => {
  expect(hostCollectorsElsewhere([{ path, text }], [SWAP, ZONES])).toEqual([]);
});
