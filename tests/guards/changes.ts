import { isTest } from "../support/source-tree.ts";
import type { SourceFile } from "../support/source-tree.ts";

/** A common change of the code base, with an existing example. */
export interface Change {
  /** What is added. */
  readonly what: string;
  /** Matches the names of the example. */
  readonly names: RegExp;
  /** The sources and documents that adding it changes. */
  readonly files: readonly string[];
  /** Its tests, which need not contain its name. */
  readonly tests: readonly string[];
}

const CORE = "packages/core/src";

export const CHANGES: readonly Change[] = [
  {
    what: "a host collector (uname)",
    names: /\bUNAME\b|node_uname_info/,
    files: [`${CORE}/collectors/host/kernel/uname.ts`, `${CORE}/collectors/registry.ts`, "docs/metrics-host.md"],
    tests: [`${CORE}/collectors/host/kernel/uname.test.ts`],
  },
  {
    what: "a sink (the storage)",
    names: /\bstorageSink\b/,
    files: [`${CORE}/daemon/storage-sink.ts`, `${CORE}/daemon/compose.ts`],
    tests: [`${CORE}/daemon/second-sink.test.ts`],
  },
  {
    what: "a metric of the daemon (of the configuration's reloads)",
    names: /\bcloud_monitor_config_reloads/,
    files: [`${CORE}/daemon/reload/reloader.ts`, "docs/metrics.md"],
    tests: [`${CORE}/daemon/reload/reloader.test.ts`],
  },
  {
    what: "a route (an instance's history)",
    names: /\bgetInstanceHistory\b|instances\/[^ ]*\/history\b|\binterface History\b/,
    files: [
      `${CORE}/api/instances/get-instance-history.ts`,
      `${CORE}/api/all.ts`,
      "packages/client/src/types.ts",
      "packages/client/src/create-client.ts",
      "docs/api.md",
      "docs/openapi.json",
    ],
    tests: [`${CORE}/api/instances/get-instance-history.test.ts`, "packages/client/src/create-client.test.ts"],
  },
  {
    what: "a setting (the limit of waiting rows)",
    names: /\bqueueRowsMax\b|_QUEUE_ROWS_MAX\b/,
    files: [
      `${CORE}/config/settings.ts`,
      `${CORE}/config/config.ts`,
      `${CORE}/daemon/compose.ts`,
      "docs/configure.md",
      ".env.example",
    ],
    tests: [`${CORE}/config/load-config.test.ts`],
  },
];

/** One message for each difference between the table and the files. */
export function untrueChanges(changes: readonly Change[], files: readonly SourceFile[]): string[] {
  const paths = new Set(files.map(({ path }) => path));
  const told = files.filter(({ path }) => !isTest(path));
  return changes.flatMap(({ what, names, files: listed, tests }) => {
    const naming = told.filter(({ text }) => names.test(text)).map(({ path }) => path);
    return [
      ...naming.filter((path) => !listed.includes(path)).map((path) => `${what}: ${path} names it`),
      ...listed.filter((path) => !naming.includes(path)).map((path) => `${what}: ${path} does not name it`),
      ...tests.filter((path) => !paths.has(path)).map((path) => `${what}: there is no ${path}`),
    ];
  });
}
