import { describe, expect, test } from "@jest/globals";
import { wrongDirections } from "./import-direction.ts";
import { packageSources } from "../support/source-tree.ts";

const at = (path: string, text: string) => wrongDirections([{ path, text }]);

test("every folder imports only from itself and the folders before it", () => {
  expect(wrongDirections(packageSources())).toEqual([]);
});

describe("the guard fires on", () => {
  test.each([
    ["a value of a later folder", `import { route } from "../api/route.ts";`],
    ["a type of a later folder", `import type { Route } from "../api/route.ts";`],
    ["several lines", `import {\n  route,\n  other,\n} from "../api/route.ts";`],
    ["a re-export", `export * from "../api/route.ts";`],
    ["an import on first use", `const { route } = await import("../api/route.ts");`],
    ["an import for its effects", `import "../api/route.ts";`],
    ["a thread's entry", `new Worker(new URL("../api/thread.ts", import.meta.url));`],
    ["an unknown folder", `import { help } from "../utilities/help.ts";`],
    ["the package's own index", `import { help } from "../index.ts";`],
    ["a path into another package", `import { Client } from "../../../client/src/client.ts";`],
    ["a package that is not below", `import { run } from "@cloud-monitor/cli";`],
  ])("%s", (_case, text) => {
    expect(at("packages/core/src/storage/example.ts", text)).toHaveLength(1);
  });

  test("a folder imported by a file outside the folders", () => {
    expect(at("packages/core/src/version.ts", `import { x } from "./model/x.ts";`)).toHaveLength(1);
  });

  test("an import of the daemon by its client, which would close a circle of packages", () => {
    expect(at("packages/client/src/client.ts", `import { compose } from "@cloud-monitor/core";`)).toEqual([
      "packages/client/src/client.ts imports @cloud-monitor/core: client may import no other package",
    ]);
  });

  test("an import of the daemon by the package that runs its database server", () => {
    expect(at("packages/private-postgres/src/example.ts", `import type { Batch } from "@cloud-monitor/core";`)).toEqual(
      [
        "packages/private-postgres/src/example.ts imports @cloud-monitor/core: private-postgres may import no other package",
      ],
    );
  });
});

describe("the guard is silent on", () => {
  test.each([
    ["packages/core/src/storage/example.ts", `import type { Batch } from "../model/batch.ts";`],
    ["packages/core/src/storage/postgres/example.ts", `import { pool } from "./pool.ts";`],
    ["packages/core/src/index.ts", `export { compose } from "./daemon/compose.ts";`],
    ["packages/core/src/model/example.ts", `import { VERSION } from "../version.ts";`],
    ["packages/core/src/version.ts", `import manifest from "../package.json" with { type: "json" };`],
    ["packages/core/src/api/example.ts", `import type { Health } from "@cloud-monitor/client";`],
    ["packages/core/src/model/example.ts", `const text = "see ../api/route.ts";`],
  ])("%s", (path, text) => {
    expect(at(path, text)).toEqual([]);
  });
});
