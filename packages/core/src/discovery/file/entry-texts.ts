/** One item of a list in a YAML file, as it stands there. */
export interface EntryText {
  readonly text: string;
  /** Of its first line, from 1. */
  readonly line: number;
}

/**
 * Splits a YAML file with a list, at the top or under `instances:`, into the texts of its items: an item that is the same as
 * before need not be parsed again. A string is what is wrong: the end of a sentence that begins with "wanted".
 */
export function splitEntries(file: string): readonly EntryText[] | { readonly line: number; readonly wanted: string } {
  const lines = file.split("\n");
  let indent = -1;
  let hasKey = false;
  const entries: { lines: string[]; line: number }[] = [];
  for (const [index, raw] of lines.entries()) {
    const line = raw.endsWith("\r") ? raw.slice(0, -1) : raw;
    const [, spaces = "", rest = ""] = /^( *)(.*)$/.exec(line)!;
    const isBlank = rest === "" || rest.startsWith("#");
    const isItem = (rest.startsWith("- ") || rest === "-") && (indent === -1 || spaces.length === indent);
    if (isItem) {
      indent = spaces.length;
      entries.push({ lines: [line], line: index + 1 });
    } else if (entries.length > 0 && (isBlank || spaces.length > indent)) {
      entries.at(-1)!.lines.push(line);
    } else if (!isBlank && !(entries.length === 0 && isHead(rest, hasKey))) {
      return { line: index + 1, wanted: LIST };
    } else if (/^instances:\s*(?:\[\s*\])?\s*(?:#.*)?$/.test(rest)) hasKey = true;
  }
  return entries.map((entry) => ({ text: withoutBlankEnd(entry.lines), line: entry.line }));
}

const LIST = "a list of instances: items that begin with `- `, at the top or under `instances:`";

function isHead(text: string, hasKey: boolean): boolean {
  return text === "---" || text === "[]" || (!hasKey && /^instances:\s*(?:\[\s*\])?\s*(?:#.*)?$/.test(text));
}

/** Lines between two items belong to none: a comment before an item does not change the one before. */
function withoutBlankEnd(lines: string[]): string {
  let end = lines.length;
  while (/^\s*(?:#.*)?$/.test(lines[end - 1]!)) end--;
  return lines.slice(0, end).join("\n");
}
