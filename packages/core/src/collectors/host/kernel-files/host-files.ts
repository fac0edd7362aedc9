import { join } from "node:path";
import { ProcFile } from "./proc-file.ts";
import { SharedText } from "./shared-text.ts";

/** The files of one procfs as a set of collectors reads them; their descriptors stay open as long as the thread runs. */
export interface HostFiles {
  file(...path: readonly string[]): ProcFile;
  /** The same object for all callers: a file shared by several collectors is read once per reading. */
  shared(path: string): SharedText;
}

export function hostFiles(procfs: string, open = (path: string) => new ProcFile(path)): HostFiles {
  const texts = new Map<string, SharedText>();
  const file = (...path: readonly string[]) => open(join(procfs, ...path));
  return {
    file,
    shared: (path) => {
      const text = texts.get(path) ?? new SharedText(file(path));
      texts.set(path, text);
      return text;
    },
  };
}
