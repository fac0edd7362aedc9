import { readdirSync } from "node:fs";
import { join } from "node:path";
import { bytesOf } from "../kernel-files/byte-name.ts";

/** The folders of patterns, and the files in them. All names are bytes, see byte-name.ts. */
export class TextFolders {
  readonly #patterns: readonly string[];

  /** Absolute paths, in whose parts `*` stands for any characters and `?` for one. */
  constructor(patterns: readonly string[]) {
    this.#patterns = patterns;
  }

  get isEmpty(): boolean {
    return this.#patterns.length === 0;
  }

  /**
   * The folders that the patterns name, in alphabetical order, each once. A pattern is not followed into a folder that is not
   * `listable`; a pattern that matches nothing is returned itself, since something was wanted there.
   */
  find(listable: (folder: string) => boolean): string[] {
    const folders = this.#patterns.flatMap((pattern) => {
      const matches = expand(pattern, listable);
      return matches.length > 0 ? matches : [pattern];
    });
    return [...new Set(folders)].sort();
  }

  /** The names of the files `*.prom` of a folder, in alphabetical order; null if it cannot be listed. */
  namesIn(folder: string): string[] | null {
    const names = namesOf(folder);
    return names === null ? null : names.filter((name) => name.endsWith(".prom"));
  }
}

function expand(pattern: string, listable: (folder: string) => boolean): string[] {
  let found = ["/"];
  for (const part of pattern.split("/").filter((one) => one !== "")) {
    if (!/[*?]/.test(part)) {
      found = found.map((folder) => join(folder, part));
      continue;
    }
    const expression = expressionOf(part);
    found = found.flatMap((folder) => {
      const names = listable(folder) ? (namesOf(folder) ?? []) : [];
      return names.filter((name) => expression.test(name)).map((name) => join(folder, name));
    });
  }
  return found;
}

/** As in a shell, a name that starts with a dot is matched by a pattern that does. */
function expressionOf(part: string): RegExp {
  const text = part
    .replace(/[\\^$.+()[\]{}|]/g, "\\$&")
    .replaceAll("*", "[^]*")
    .replaceAll("?", "[^]");
  return new RegExp(`^${part.startsWith(".") ? "" : "(?!\\.)"}${text}$`);
}

function namesOf(folder: string): string[] | null {
  try {
    return readdirSync(bytesOf(folder), { encoding: "latin1" }).sort();
  } catch {
    return null;
  }
}
