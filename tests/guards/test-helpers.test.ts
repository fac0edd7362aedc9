import { expect, test } from "@jest/globals";
import { packageSources, readTree } from "../support/source-tree.ts";
import { strayTestHelpers } from "./test-helpers.ts";

test("test helpers are in folders that only tests import", () => {
  const files = [...packageSources(), ...readTree("tests", (path) => path.endsWith(".ts"))];

  expect(files.length).toBeGreaterThan(400);
  expect(strayTestHelpers(files)).toEqual([]);
});

test("the guard fires on a helper in production, a program out of place, and a helper of another folder of tests", () => {
  const files = [
    { path: "packages/core/src/api/a.ts", text: 'import { clock } from "../model/testing/manual-clock.ts";\n' },
    { path: "packages/core/src/api/a.test.ts", text: 'import { clock } from "../model/testing/manual-clock.ts";\n' },
    { path: "packages/core/src/api/testing/b.ts", text: 'import { clock } from "../../model/testing/clock.ts";\n' },
    { path: "packages/core/src/api/holder.fixture.ts", text: "" },
    { path: "tests/fault/a.test.ts", text: 'import "../support/daemon.ts";\nimport "../daemon/helper.ts";\n' },
  ];

  expect(strayTestHelpers(files)).toEqual([
    "packages/core/src/api/a.ts imports ../model/testing/manual-clock.ts: only tests may",
    "packages/core/src/api/holder.fixture.ts: programs of tests lie in a folder testing/",
    "tests/fault/a.test.ts imports ../daemon/helper.ts: what several folders use lies in tests/support/",
  ]);
});
