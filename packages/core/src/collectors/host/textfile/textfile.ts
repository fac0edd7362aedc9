import { join } from "node:path";
import type { InstanceRef, CollectContext, SampleWriter } from "../../../model/collector.ts";
import { labelBlock } from "../../../model/label-text.ts";
import type { SettingDeclarations } from "../../../model/setting/setting-declaration.ts";
import { pathPatterns } from "../../../model/setting/values/path-patterns.ts";
import { families } from "../families.ts";
import type { HostCollector, HostCollectorDefinition } from "../host-collector.ts";
import { byteNameOf, textOf } from "../kernel-files/byte-name.ts";
import { LocalPaths } from "./local-paths.ts";
import { TextFolders } from "./text-folders.ts";
import { mergeFiles } from "./merge-files.ts";
import type { MergedFiles } from "./merge-files.ts";
import { RemoteTextFiles } from "./remote-text-files.ts";
import { TextFileReader, unreadable } from "./text-file.ts";
import type { TextFile } from "./text-file.ts";

const TEXTFILE_SETTINGS = {
  textfileDirectories: {
    type: pathPatterns,
    fallback: "",
    help: "Folders whose files `*.prom` the textfile collector serves; separated by commas, `*` and `?` stand for any characters of a name.",
    flag: "--collector.textfile.directory",
  },
} as const satisfies SettingDeclarations;

export const TEXTFILE: HostCollectorDefinition<typeof TEXTFILE_SETTINGS> = {
  name: "textfile",
  families: [
    ...families(
      { type: "gauge", labels: ["file"] },
      { node_textfile_mtime_seconds: "When the text file was last modified, seconds since 1970; only of valid files." },
    ),
    ...families(
      { type: "gauge", labels: [] },
      { node_textfile_scrape_error: "1 if a text file, or a part of it, could not be served." },
    ),
  ],
  settings: TEXTFILE_SETTINGS,
  create: ({ options }) =>
    new TextfileCollector(options.textfileDirectories, {
      local: new LocalPaths(),
      reader: new TextFileReader(),
      remote: new RemoteTextFiles(),
    }),
};

export interface TextfileParts {
  readonly local: LocalPaths;
  readonly reader: TextFileReader;
  readonly remote: RemoteTextFiles;
}

/**
 * Series that other programs leave in files, in the Prometheus text format. Files of local filesystems are read here, when they
 * have changed; those of remote ones by a child process, since a server that does not respond must not stop this thread.
 */
export class TextfileCollector implements HostCollector {
  readonly #folders: TextFolders;
  readonly #parts: TextfileParts;
  #read: readonly TextFile[] = [];
  #merged: MergedFiles = { families: [], problems: [] };

  constructor(patterns: readonly string[], parts: TextfileParts) {
    this.#folders = new TextFolders(patterns.map(byteNameOf));
    this.#parts = parts;
  }

  collect(_instance: InstanceRef, context: CollectContext, out: SampleWriter): void {
    const files = this.#readFiles(context.monotonicMs);
    if (!isSame(files, this.#read)) this.#merged = mergeFiles(files);
    this.#read = files;
    for (const { family, series } of this.#merged.families) {
      out.family(family);
      for (const { name, labels, value } of series) out.series(name, labels, value);
    }
    for (const { path, modifiedSeconds, problem } of files) {
      if (problem === null)
        out.series("node_textfile_mtime_seconds", labelBlock({ file: textOf(path) }), modifiedSeconds);
    }
    const problems = [...files.flatMap(({ problem }) => problem ?? []), ...this.#merged.problems];
    for (const problem of problems) out.problem(problem);
    out.series("node_textfile_scrape_error", "", Number(problems.length > 0));
  }

  #readFiles(nowMs: number): TextFile[] {
    const { local, reader, remote } = this.#parts;
    if (this.#folders.isEmpty) return [];
    local.refresh();
    const remotePaths: string[] = [];
    const paths: string[] = [];
    const files: TextFile[] = [];
    const isLocal = (path: string) => local.isLocal(path);
    for (const folder of this.#folders.find(isLocal)) {
      if (!isLocal(folder)) {
        remotePaths.push(folder);
        continue;
      }
      const names = this.#folders.namesIn(folder);
      if (names === null) files.push(unreadable(folder, "is not a folder that can be listed"));
      for (const path of (names ?? []).map((name) => join(folder, name))) {
        if (isLocal(path)) paths.push(path);
        else remotePaths.push(path);
      }
    }
    reader.keep(new Set(paths));
    return [...files, ...paths.map((path) => reader.read(path)), ...remote.read(remotePaths, nowMs)];
  }
}

/** A reader returns the same object for an unchanged file. */
function isSame(files: readonly TextFile[], before: readonly TextFile[]): boolean {
  return files.length === before.length && files.every((file, index) => file === before[index]);
}
