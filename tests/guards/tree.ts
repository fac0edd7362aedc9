import { dirname, join, normalize } from "node:path/posix";
import type { SourceFile } from "../support/source-tree.ts";

/** Allowed top-level entries; a dot file is a tool's configuration. */
export const TOP_LEVEL = [
  "packages",
  "scripts",
  "systemd",
  "prometheus",
  "grafana",
  "docs",
  "deploy",
  "tests",
  "package.json",
  "pnpm-workspace.yaml",
  "pnpm-lock.yaml",
  "tsconfig.base.json",
  "tsconfig.json",
  "jest.config.mjs",
  "README.md",
  "CHANGELOG.md",
  "CONTRIBUTING.md",
  "SECURITY.md",
  "LICENSE",
] as const;

/** Top-level entries that are not allowed. */
export function strayEntries(names: readonly string[]): string[] {
  return names.filter((name) => !name.startsWith(".") && !TOP_LEVEL.some((known) => known === name));
}

/** Broken relative links of Markdown files; `exists` takes a path from the root. */
export function deadLinks(files: readonly SourceFile[], exists: (path: string) => boolean): string[] {
  return files.flatMap(({ path, text }) =>
    linksOf(text)
      .filter((target) => !exists(normalize(join(dirname(path), target))))
      .map((target) => `${path}: ${target}`),
  );
}

function linksOf(text: string): string[] {
  const prose = text.replace(/^(```|~~~)[^]*?^\1/gm, "").replace(/`[^`\n]*`/g, "");
  return [...prose.matchAll(/\]\(<?([^)\s>]+)>?(?:\s+"[^"]*")?\)/g), ...prose.matchAll(/^\[[^\]]+\]:\s+(\S+)/gm)]
    .map(([, target = ""]) => target.replace(/[#?].*$/, ""))
    .filter((target) => target !== "" && !/^[a-z]+:/i.test(target));
}

/** Traces of the machine on which a file was written; `ownRoot` is the path of this checkout. */
export function machineTraces(files: readonly SourceFile[], ownRoot: string): string[] {
  const patterns = [
    /(?<![\w.])\/(?:home|Users)\/\w+\//,
    /(?<![\w.])\/root\/\w+/,
    /\bhttps?:\/\/[\w.-]*\b(?:registry|artifactory|nexus|mirror|proxy)\b/i,
  ];
  return files.flatMap(({ path, text }) =>
    text
      .split("\n")
      .flatMap((line, index) =>
        line.includes(`${ownRoot}/`) || patterns.some((pattern) => pattern.test(line)) ? [`${path}:${index + 1}`] : [],
      ),
  );
}
