import { readdir } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { codeOf, messageOf } from "../../model/errors.ts";
import type { TargetGroup } from "../../model/discovery-jobs.ts";
import { readRegularFileLater } from "../../platform/read-regular-file.ts";
import { groupOf, TargetGroupReader } from "./target-groups.ts";

const BYTES_MAX = 64 * 1024 * 1024;
const FILES_MAX = 1_000;

interface Known {
  readonly bytes: Buffer;
  readonly groups: readonly TargetGroup[];
}

/** The targets in files (Prometheus, `file_sd`): JSON or YAML, read again when their content changes. */
export function fileFind(patterns: readonly string[], yieldToLoop: () => Promise<void>) {
  const readers = new Map<string, TargetGroupReader>();
  let known: ReadonlyMap<string, Known> = new Map();
  return async (): Promise<readonly TargetGroup[] | null> => {
    const next = new Map<string, Known>();
    for (const path of await filesOf(patterns)) {
      const file = await bytesOf(path);
      const before = known.get(path);
      if (before?.bytes.equals(file) === true) {
        next.set(path, before);
        continue;
      }
      const reader = readers.get(path) ?? new TargetGroupReader(yieldToLoop);
      readers.set(path, reader);
      next.set(path, { bytes: file, groups: await groupsIn(path, file, reader) });
    }
    for (const path of readers.keys()) if (!next.has(path)) readers.delete(path);
    const isSame = next.size === known.size && [...next].every(([path, file]) => known.get(path) === file);
    if (isSame && known.size > 0) return null;
    known = next;
    return [...next.values()].flatMap(({ groups }) => groups);
  };
}

async function bytesOf(path: string): Promise<Buffer> {
  const file = await readRegularFileLater(path, { bytesMax: BYTES_MAX, followLinks: true }).catch((error: unknown) => {
    throw new Error(`${path}: ${messageOf(error)}`, { cause: error });
  });
  if (file === null) throw new Error(`${path}: no such file`);
  return file.bytes;
}

async function groupsIn(path: string, bytes: Buffer, reader: TargetGroupReader): Promise<readonly TargetGroup[]> {
  const extra = { __meta_filepath: path };
  try {
    return path.endsWith(".json") ? await reader.read(bytes, extra) : await yamlGroups(bytes.toString("utf8"), extra);
  } catch (error) {
    throw new Error(`${path}: ${messageOf(error)}`, { cause: error });
  }
}

async function yamlGroups(text: string, extra: Readonly<Record<string, string>>): Promise<readonly TargetGroup[]> {
  const { default: yaml } = await import("yaml");
  // Every scalar is a text, as written: Prometheus takes `id: 0x10` as "0x10".
  const document = yaml.parseDocument(text, { schema: "failsafe", merge: true });
  const [error] = document.errors;
  if (error !== undefined) throw new Error(error.message.split("\n", 1)[0]);
  const list: unknown = document.contents === null ? [] : document.toJS({ maxAliasCount: 100 });
  if (!Array.isArray(list)) throw new Error("wanted a list of {targets, labels}");
  return list.map((item, index) => {
    const { labels, targets } = groupOf(item, index);
    return { targets, labels: { ...labels, ...extra } };
  });
}

/** Each pattern may have `*` in its last part, as in Prometheus. A file that is named, or a folder, must exist. */
async function filesOf(patterns: readonly string[]): Promise<readonly string[]> {
  const found = new Set<string>();
  for (const pattern of patterns) {
    for (const path of await matchesOf(pattern)) found.add(path);
    if (found.size > FILES_MAX) throw new Error(`more than ${FILES_MAX} files match ${pattern}`);
  }
  return [...found];
}

async function matchesOf(pattern: string): Promise<readonly string[]> {
  const name = basename(pattern);
  if (!name.includes("*")) return [pattern];
  const [before = "", ...parts] = name.split("*");
  const last = parts.pop() ?? "";
  const isMatch = (file: string) =>
    file.startsWith(before) && file.endsWith(last) && hasInOrder(file.slice(before.length), parts);
  try {
    const files = await readdir(dirname(pattern));
    return files
      .filter(isMatch)
      .sort()
      .map((file) => join(dirname(pattern), file));
  } catch (error) {
    if (codeOf(error) === "ENOENT") throw new Error(`${dirname(pattern)}: no such folder`, { cause: error });
    throw error;
  }
}

function hasInOrder(text: string, parts: readonly string[]): boolean {
  let at = 0;
  return parts.every((part) => {
    const index = text.indexOf(part, at);
    at = index + part.length;
    return index >= 0;
  });
}
