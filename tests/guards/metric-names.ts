import type { SourceFile } from "../support/source-tree.ts";

/** Not next to a colon: `level:metric:operation` is the name of a recording rule. */
const NAME = /(?<![\w:])cloud_monitor_[a-z0-9_]*[a-z0-9](?![\w:])/g;
/** What Prometheus appends to the family name of a histogram. */
const HISTOGRAM_PARTS = /_(?:bucket|sum|count)$/;

/** The daemon's metrics named in documents, dashboards or rules that are not in `known`. */
export function unknownMetrics(files: readonly SourceFile[], known: (name: string) => boolean): string[] {
  return files.flatMap(({ path, text }) =>
    [...new Set(text.match(NAME) ?? [])]
      .filter((name) => !known(name) && !known(name.replace(HISTOGRAM_PARTS, "")))
      .map((name) => `${path}: ${name}`),
  );
}
