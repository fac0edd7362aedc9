import type * as Yaml from "yaml";
import type { ErrorDetail } from "../../model/errors.ts";
import { didYouMean } from "../did-you-mean.ts";
import type { GivenValue, SourceFile, SourceReading } from "../given-value.ts";
import type { SmallFile } from "../../platform/read-small-file.ts";
import { keyOf } from "../setting.ts";
import type { Setting } from "../setting.ts";
import { SETTINGS } from "../settings.ts";

/** Finds the settings in a YAML file: `http: { port: 8080 }` is `http.port`. */
export async function readYaml(file: SmallFile, path: string): Promise<SourceReading> {
  // Loaded on use: 13 MB that a daemon without a YAML file does not need. In the bundle it has no named exports.
  const { default: yaml } = await import("yaml");
  const lines = new yaml.LineCounter();
  const document = yaml.parseDocument(file.text, { lineCounter: lines, prettyErrors: false });
  const walk = new Walk({ yaml, document, lines, file: { path, mode: file.mode } });
  const isReadable = [...document.errors, ...document.warnings].every(({ code }) => code === "DUPLICATE_KEY");
  if (isReadable) walk.section(document.contents, "");
  return walk;
}

type YamlLibrary = Omit<typeof Yaml, "default">;

interface Parsed {
  readonly yaml: YamlLibrary;
  readonly document: Yaml.Document;
  readonly lines: Yaml.LineCounter;
  readonly file: SourceFile;
}

interface Entry {
  readonly setting: Setting;
  readonly isFile: boolean;
}

const ENTRIES: ReadonlyMap<string, Entry> = new Map(
  SETTINGS.flatMap((setting): [string, Entry][] => {
    const direct: [string, Entry] = [keyOf(setting), { setting, isFile: false }];
    return setting.secret ? [direct, [`${keyOf(setting)}File`, { setting, isFile: true }]] : [direct];
  }),
);
const KEYS = [...ENTRIES.keys()];
const SECTIONS: ReadonlySet<string> = new Set(
  KEYS.filter((key) => key.includes(".")).map((key) => key.slice(0, key.lastIndexOf("."))),
);

class Walk implements SourceReading {
  readonly values: GivenValue[] = [];
  readonly problems: ErrorDetail[];
  readonly #yaml: YamlLibrary;
  readonly #document: Yaml.Document;
  readonly #lines: Yaml.LineCounter;
  readonly #file: SourceFile;

  constructor({ yaml, document, lines, file }: Parsed) {
    this.#yaml = yaml;
    this.#document = document;
    this.#lines = lines;
    this.#file = file;
    this.problems = [...document.errors, ...document.warnings].map((fault) => {
      const { line, col } = lines.linePos(fault.pos[0]);
      return { where: `${file.path}:${line}:${col}`, message: `invalid YAML: ${fault.message}` };
    });
  }

  section(node: unknown, prefix: string): void {
    const resolved = this.#resolve(node);
    // `http:` with every line below it commented out.
    if (resolved === null || (this.#yaml.isScalar(resolved) && resolved.value === null)) return;
    if (this.#yaml.isMap(resolved)) return this.#entries(resolved, prefix);
    const wanted =
      prefix === "" ? "settings as `name: value`" : `settings of "${prefix.slice(0, -1)}" as \`name: value\``;
    this.#problem(node, `found something else, wanted ${wanted}`);
  }

  #entries(map: Yaml.YAMLMap, prefix: string): void {
    for (const pair of map.items) {
      const name = this.#textOf(pair.key);
      const key = prefix + (name ?? "");
      const entry = ENTRIES.get(key);
      if (name === null) this.#problem(pair.key, "a key must be a plain name");
      else if (entry !== undefined) this.#entry(pair, key, entry);
      else if (SECTIONS.has(key)) this.section(pair.value, `${key}.`);
      else this.#problem(pair.key, `unknown key "${key}"${didYouMean(key, [...KEYS, ...SECTIONS])}`);
    }
  }

  #entry(pair: Yaml.Pair, key: string, entry: Entry): void {
    const other = this.values.find((given) => given.setting === entry.setting);
    const text = this.#valueOf(pair.value, entry.setting);
    if (text === null) {
      return this.#problem(pair.key, `"${key}" has no usable value, wanted ${entry.setting.type.wanted}`);
    }
    if (other !== undefined && other.isFile !== entry.isFile) {
      return this.#problem(pair.key, `${other.place} gives the same setting; leave one of the two out`);
    }
    this.values.push({ ...entry, text, place: this.#placeOf(pair.key), heldIn: this.#file });
  }

  #valueOf(node: unknown, setting: Setting): string | null {
    const resolved = this.#resolve(node);
    if (!setting.type.isList || !this.#yaml.isSeq(resolved)) return this.#textOf(resolved);
    const words = resolved.items.map((item) => this.#textOf(item));
    return words.includes(null) ? null : words.join(",");
  }

  /** A scalar as it was written: a token such as 0012345678901234 must not be converted to a number. */
  #textOf(node: unknown): string | null {
    const resolved = this.#resolve(node);
    if (!this.#yaml.isScalar(resolved) || resolved.value === null) return null;
    return typeof resolved.value === "string" ? resolved.value : (resolved.source ?? null);
  }

  #resolve(node: unknown): unknown {
    return this.#yaml.isAlias(node) ? (node.resolve(this.#document) ?? null) : node;
  }

  #problem(node: unknown, message: string): void {
    this.problems.push({ where: this.#placeOf(node), message });
  }

  #placeOf(node: unknown): string {
    const offset = this.#yaml.isNode(node) ? node.range?.[0] : undefined;
    return offset === undefined ? this.#file.path : `${this.#file.path}:${this.#lines.linePos(offset).line}`;
  }
}
