import { expect, test } from "@jest/globals";
import { readTree } from "../support/source-tree.ts";
import { CHANGES, untrueChanges } from "./changes.ts";

/** Sources and the documents that a change must update; not those about past measurements and decisions. */
const WHERE = /^(?:packages\/(?!bench\/)[^/]+\/src\/.+\.ts|docs\/[^/]+\.(?:md|json)|\.env\.example)$/;

test("what is touched by a usual change is what its example touched", () => {
  expect(
    untrueChanges(
      CHANGES,
      readTree(".", (path) => WHERE.test(path)),
    ),
  ).toEqual([]);
});

test("the guard fails for an unlisted file that names the example, for a listed one that does not, and for a missing test", () => {
  const change = { what: "a part (b)", names: /\bB\b/, files: ["src/b.ts", "src/list.ts"], tests: ["src/b.test.ts"] };
  const files = [
    { path: "src/b.ts", text: "export const B = 1;" },
    { path: "src/b.test.ts", text: "B" },
    { path: "src/list.ts", text: "" },
    { path: "src/switch.ts", text: "case B:" },
  ];

  expect(untrueChanges([change], files)).toEqual([
    "a part (b): src/switch.ts names it",
    "a part (b): src/list.ts does not name it",
  ]);
  expect(untrueChanges([change], files.slice(0, 1))).toContain("a part (b): there is no src/b.test.ts");
});
