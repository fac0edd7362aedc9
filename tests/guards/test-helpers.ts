import { dirname } from "node:path/posix";
import { importsOf } from "./imports.ts";
import { isTest } from "../support/source-tree.ts";
import type { SourceFile } from "../support/source-tree.ts";

/** One message for each file that violates the convention of CONTRIBUTING for test helpers. */
export function strayTestHelpers(files: readonly SourceFile[]): string[] {
  return files.flatMap((file) => [
    ...misnamed(file),
    ...(file.path.startsWith("tests/") ? foreign(file) : leaked(file)),
  ]);
}

function misnamed({ path }: SourceFile): string[] {
  const isProgram = path.endsWith(".fixture.ts");
  return isProgram && !path.includes("/testing/") ? [`${path}: programs of tests lie in a folder testing/`] : [];
}

function leaked(file: SourceFile): string[] {
  if (isTest(file.path)) return [];
  return importsOf(file)
    .filter(({ path }) => path !== null && isTest(path))
    .map(({ specifier }) => `${file.path} imports ${specifier}: only tests may`);
}

/** Guards are excluded: their texts contain fictitious files. */
function foreign(file: SourceFile): string[] {
  if (file.path.startsWith("tests/guards/")) return [];
  return importsOf(file)
    .filter(({ path }) => path?.startsWith("tests/") && ![dirname(file.path), "tests/support"].includes(dirname(path)))
    .map(({ specifier }) => `${file.path} imports ${specifier}: what several folders use lies in tests/support/`);
}
