import type { TargetGroup } from "../../model/discovery-jobs.ts";
import { FINDER_LIMITS } from "./target-finder.ts";

/** Of an item: what is parsed at once holds up everything else, 4 MiB for about 30 ms. */
const ITEM_LENGTH_MAX = 4 * 2 ** 20;
const DEPTH_MAX = 32;
/** Items that are parsed before the event loop gets its turn: a few milliseconds. */
const SLICE = 500;

/**
 * Reads lists of target groups, the JSON of `file_sd` and `http_sd`. An item whose text was in the last list is not parsed
 * again and gives the same object, so that a change of 1 % costs 1 %.
 */
export class TargetGroupReader {
  readonly #yieldToLoop: () => Promise<void>;
  #known: ReadonlyMap<string, TargetGroup> = new Map();

  constructor(yieldToLoop: () => Promise<void>) {
    this.#yieldToLoop = yieldToLoop;
  }

  /** `extra` are labels of every group. Rejects with what is wrong with the text. */
  async read(text: string, extra: Readonly<Record<string, string>>): Promise<readonly TargetGroup[]> {
    const next = new Map<string, TargetGroup>();
    const groups: TargetGroup[] = [];
    let targets = 0;
    for (const item of itemsOf(text)) {
      const group = this.#known.get(item) ?? next.get(item) ?? parsed(item, groups.length, extra);
      next.set(item, group);
      groups.push(group);
      targets += group.targets.length;
      if (targets > FINDER_LIMITS.targetsMax) throw new Error(`more than ${FINDER_LIMITS.targetsMax} targets`);
      if (groups.length % SLICE === 0) await this.#yieldToLoop();
    }
    this.#known = next;
    return groups;
  }
}

function parsed(item: string, index: number, extra: Readonly<Record<string, string>>): TargetGroup {
  const { labels, targets } = groupOf(JSON.parse(item), index);
  return { targets, labels: { ...labels, ...extra } };
}

/** A group as JSON or YAML gives it. Throws what is wrong with it. */
export function groupOf(value: unknown, index: number): TargetGroup {
  const wrong = (message: string) => new Error(`group ${index + 1}: ${message}`);
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw wrong("wanted {targets, labels}");
  const { labels = {}, targets = [], ...others } = value as Partial<Record<keyof TargetGroup, unknown>>;
  const [unknown] = Object.keys(others);
  if (unknown !== undefined) throw wrong("unknown key; wanted targets and labels");
  if (!Array.isArray(targets) || !targets.every((target) => typeof target === "string" && target !== ""))
    throw wrong("targets must be a list of addresses");
  if (typeof labels !== "object" || labels === null || Array.isArray(labels)) throw wrong("labels must be an object");
  const entries = Object.entries(labels);
  if (!entries.every(([, text]) => typeof text === "string")) throw wrong("the values of labels must be strings");
  checkLabels(entries as [string, string][], wrong);
  return { targets: targets as string[], labels: labels as Record<string, string> };
}

const LABEL_NAME = /^[a-zA-Z_][a-zA-Z0-9_]*$/;

function checkLabels(entries: readonly (readonly [string, string])[], wrong: (message: string) => Error): void {
  const { labelBytesMax, labelsMax } = FINDER_LIMITS;
  if (entries.length > labelsMax) throw wrong(`more than ${labelsMax} labels`);
  const bytes = entries.reduce((sum, [name, text]) => sum + name.length + text.length, 0);
  if (bytes > labelBytesMax) throw wrong(`more than ${labelBytesMax / 1024} KiB of labels`);
  if (!entries.every(([name]) => LABEL_NAME.test(name))) throw wrong("a name of a label is invalid");
}

/**
 * The texts of the items of a JSON array, which are parsed one by one: 10 MB at once would stop the event loop for 100 ms.
 * Throws when the text is no array; whether an item is valid, its parser says.
 */
export function* itemsOf(text: string): Generator<string, void, undefined> {
  let at = skipBlanks(text, 0);
  if (text[at] !== "[") throw new Error("wanted a JSON array of {targets, labels}");
  at = skipBlanks(text, at + 1);
  if (text[at] === "]") return end(text, at);
  for (;;) {
    const stop = endOfValue(text, at);
    if (stop - at > ITEM_LENGTH_MAX) throw new Error(`an item is longer than ${ITEM_LENGTH_MAX / 2 ** 20} MiB`);
    yield text.slice(at, stop).trimEnd();
    if (text[stop] === "]") return end(text, stop);
    if (text[stop] !== ",") throw new Error("the JSON array does not end: is the answer cut off?");
    at = skipBlanks(text, stop + 1);
  }
}

function end(text: string, at: number): void {
  if (skipBlanks(text, at + 1) < text.length) throw new Error("there is something after the JSON array");
}

function skipBlanks(text: string, from: number): number {
  let at = from;
  while (at < text.length && " \t\r\n".includes(text[at]!)) at++;
  return at;
}

/** Where a value ends: at the comma or bracket of the array around it, or at the end of the text. */
function endOfValue(text: string, from: number): number {
  const token = /["[\]{},]/g;
  token.lastIndex = from;
  let depth = 0;
  for (let found = token.exec(text); found !== null; found = token.exec(text)) {
    const character = found[0];
    if (character === '"') token.lastIndex = endOfString(text, found.index + 1);
    else if (character === "[" || character === "{") {
      // JSON.parse takes seconds for millions of brackets.
      if (++depth > DEPTH_MAX) throw new Error(`an item is nested more than ${DEPTH_MAX} levels deep`);
    } else if (depth === 0) return found.index;
    else if (character !== ",") depth--;
  }
  return text.length;
}

/** The position after the closing quote. */
function endOfString(text: string, from: number): number {
  const token = /\\.|"/gs;
  token.lastIndex = from;
  for (let found = token.exec(text); found !== null; found = token.exec(text)) {
    if (found[0] === '"') return token.lastIndex;
  }
  return text.length;
}
