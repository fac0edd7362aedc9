import type { NewInstance as GivenInstance } from "@cloud-monitor/client";
import { readCheckedYaml } from "../../config/checked-yaml.ts";
import { newInstance, problemsOfInstance } from "../../fleet/new-instance.ts";
import type { InstanceRules } from "../../fleet/new-instance.ts";
import type { ErrorDetail } from "../../model/errors.ts";
import type { NewInstance } from "../../model/instance.ts";
import { NewInstanceSchema } from "../../model/schemas/new-instance.ts";
import { splitEntries } from "./entry-texts.ts";
import type { EntryText } from "./entry-texts.ts";

/** Entries that are parsed before the event loop gets its turn: 5 ms. */
const SLICE = 50;
/** More say nothing new. */
const PROBLEMS_MAX = 20;

export interface InstancesFileOptions {
  readonly path: string;
  readonly rules: () => InstanceRules;
  /** Seconds; for entries without an interval. */
  readonly defaultInterval: () => number;
  readonly yieldToLoop: () => Promise<void>;
}

export type InstancesFileContent =
  | { readonly instances: readonly NewInstance[]; readonly problems: readonly [] }
  | { readonly instances: null; readonly problems: readonly ErrorDetail[] };

/** An entry: its instance, or what is wrong with it, with the line in the entry. */
type Entry =
  | { readonly instance: NewInstance; readonly problems: readonly [] }
  | { readonly instance: null; readonly problems: readonly EntryProblem[] };

interface EntryProblem {
  readonly line: number;
  readonly message: string;
}

/** Parses a file of instances; entries that were in the last text are not parsed again. */
export class InstancesFile {
  readonly #options: InstancesFileOptions;
  #entries: ReadonlyMap<string, Entry> = new Map();

  constructor(options: InstancesFileOptions) {
    this.#options = options;
  }

  /** All instances, or all problems: a file with a problem says nothing. */
  async parse(text: string): Promise<InstancesFileContent> {
    const { path } = this.#options;
    if (text !== "" && !text.endsWith("\n")) {
      const where = `${path}:${text.split("\n").length}`;
      return refused([{ where, message: "the last line does not end: is the file cut off?" }]);
    }
    const texts = splitEntries(text);
    if ("wanted" in texts) return refused([{ where: `${path}:${texts.line}`, message: `wanted ${texts.wanted}` }]);
    const entries = await this.#parseEntries(texts);
    const instances: NewInstance[] = [];
    const problems: ErrorDetail[] = [];
    const lines = new Map<string, number>();
    for (const [index, { instance, problems: ofEntry }] of entries.entries()) {
      const { line } = texts[index]!;
      problems.push(...ofEntry.map((each) => ({ where: `${path}:${line + each.line - 1}`, message: each.message })));
      if (instance === null) continue;
      const first = lines.get(instance.name);
      if (first !== undefined) problems.push({ where: `${path}:${line}`, message: `the name of line ${first} again` });
      lines.set(instance.name, line);
      instances.push(instance);
    }
    return problems.length > 0 ? refused(problems) : { instances, problems: [] };
  }

  /** The rules or the default interval are others: every entry is parsed again. */
  forget(): void {
    this.#entries = new Map();
  }

  async #parseEntries(texts: readonly EntryText[]): Promise<readonly Entry[]> {
    const known = this.#entries;
    const entries = new Map<string, Entry>();
    let parsed = 0;
    for (const { text } of texts) {
      const entry = known.get(text) ?? entries.get(text) ?? (await this.#parseEntry(text));
      if (!known.has(text) && !entries.has(text) && ++parsed % SLICE === 0) await this.#options.yieldToLoop();
      entries.set(text, entry);
    }
    this.#entries = entries;
    return texts.map(({ text }) => entries.get(text)!);
  }

  async #parseEntry(text: string): Promise<Entry> {
    const { value, problems } = await readCheckedYaml(text, "", LIST_SCHEMA);
    if (problems.length > 0) return { instance: null, problems: problems.map(problemOfEntry) };
    const [given] = value as [GivenInstance];
    const interval = this.#options.defaultInterval();
    const instance = newInstance(given, { interval, source: "discovery:file" });
    const found = problemsOfInstance(instance, this.#options.rules());
    if (found.length === 0) return { instance, problems: [] };
    const ofFields = found.map(({ where, message }) => ({ line: 1, message: `"${where.slice(1)}" ${message}` }));
    return { instance: null, problems: ofFields };
  }
}

const LIST_SCHEMA = { type: "array", minItems: 1, maxItems: 1, items: NewInstanceSchema };

/** The entry was parsed as a list of one. */
function problemOfEntry({ where, message }: ErrorDetail): EntryProblem {
  return {
    line: Number(/:(\d+)/.exec(where)?.[1] ?? 1),
    message: message.replace(/^"0(?:\.([^"]*))?" /, (_, field?: string) => (field === undefined ? "" : `"${field}" `)),
  };
}

function refused(problems: readonly ErrorDetail[]): InstancesFileContent {
  return { instances: null, problems: problems.slice(0, PROBLEMS_MAX) };
}
