import type { TargetGroup } from "../../model/discovery-jobs.ts";
import { JsonItems } from "./json-items.ts";
import { FINDER_LIMITS } from "./target-finder.ts";

/** So many that are not where they were, one after the other, are parsed before they are looked for elsewhere. */
const PARSED_IN_PLACE = 8;
/** Items that are read before the event loop gets its turn: a few milliseconds. */
const SLICE = 500;

/**
 * Reads lists of target groups, the JSON of `file_sd` and `http_sd`. An item that was in the last list is not parsed again
 * and gives the same object, so that what a change costs depends on what has changed; but for a few where the order changes.
 */
export class TargetGroupReader {
  readonly #yieldToLoop: () => Promise<void>;
  #last = new ReadItems(Buffer.alloc(0));

  constructor(yieldToLoop: () => Promise<void>) {
    this.#yieldToLoop = yieldToLoop;
  }

  /** `extra` are labels of every group. Rejects with what is wrong with the text. */
  async read(bytes: Buffer, extra: Readonly<Record<string, string>>): Promise<readonly TargetGroup[]> {
    const last = this.#last;
    const read = new ReadItems(bytes);
    const items = new JsonItems(bytes);
    let targets = 0;
    /** The item of the last list that is expected next. */
    let expected = 0;
    let missed = 0;
    for (let start = items.next(); start !== null; start = items.next()) {
      let known = last.isAt(expected, { bytes, start }) ? expected : undefined;
      const end = known === undefined ? items.endOf(start) : start + last.lengthOf(known);
      missed = known === undefined ? missed + 1 : 0;
      if (missed > PARSED_IN_PLACE) known = (await last.byText(this.#yieldToLoop)).get(textOf(bytes, start, end));
      const group =
        known === undefined
          ? parsed(bytes.toString("utf8", start, end), read.groups.length, extra)
          : last.groups[known]!;
      expected = (known ?? expected) + 1;
      items.pass(end);
      read.add(start, end, group);
      targets += group.targets.length;
      if (targets > FINDER_LIMITS.targetsMax) throw new Error(`more than ${FINDER_LIMITS.targetsMax} targets`);
      if (read.groups.length % SLICE === 0) await this.#yieldToLoop();
    }
    this.#last = read;
    return read.groups;
  }
}

/** The items of a list, and the groups that they are. Each is an object, which ends where it ends whatever follows. */
class ReadItems {
  readonly groups: TargetGroup[] = [];
  readonly #bytes: Buffer;
  readonly #starts: number[] = [];
  readonly #ends: number[] = [];
  #byText: ReadonlyMap<string, number> | null = null;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  add(start: number, end: number, group: TargetGroup): void {
    this.#starts.push(start);
    this.#ends.push(end);
    this.groups.push(group);
  }

  lengthOf(index: number): number {
    return this.#ends[index]! - this.#starts[index]!;
  }

  /** Whether another text has this item at a position. */
  isAt(index: number, { bytes, start }: { readonly bytes: Buffer; readonly start: number }): boolean {
    if (index >= this.groups.length) return false;
    const end = start + this.lengthOf(index);
    return end <= bytes.length && bytes.compare(this.#bytes, this.#starts[index], this.#ends[index], start, end) === 0;
  }

  /** For items that are not where they were; made when the first is looked for. */
  async byText(yieldToLoop: () => Promise<void>): Promise<ReadonlyMap<string, number>> {
    if (this.#byText !== null) return this.#byText;
    const byText = new Map<string, number>();
    for (let index = 0; index < this.groups.length; index++) {
      byText.set(textOf(this.#bytes, this.#starts[index]!, this.#ends[index]!), index);
      if ((index + 1) % SLICE === 0) await yieldToLoop();
    }
    this.#byText = byText;
    return byText;
  }
}

/** One character per byte: only to be compared. */
function textOf(bytes: Buffer, start: number, end: number): string {
  return bytes.toString("latin1", start, end);
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
