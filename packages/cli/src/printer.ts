import type { OutputName } from "./global-options.ts";
import type { Surroundings } from "./surroundings.ts";
import { formatJson, formatJsonLine } from "./format/json.ts";
import { printable } from "./format/printable.ts";
import { formatYaml } from "./format/yaml.ts";

/** Data to stdout in the form that the user chose, remarks to stderr. */
export class Printer {
  readonly output: OutputName;
  readonly #surroundings: Surroundings;

  constructor(surroundings: Surroundings, output: OutputName) {
    this.#surroundings = surroundings;
    this.output = output;
  }

  /** `table` is called only when a table is wanted. */
  data(data: unknown, table: () => string): void {
    this.#surroundings.stdout.write(this.output === "table" ? table() : this.#structured(data));
  }

  /** One of many: an object a line in JSON, a document each in YAML. */
  streamed(data: unknown, line: () => string): void {
    if (this.output === "json") this.#surroundings.stdout.write(formatJsonLine(data));
    else if (this.output === "yaml") this.#surroundings.stdout.write(`---\n${formatYaml(data)}`);
    else this.#surroundings.stdout.write(line());
  }

  remark(text: string): void {
    this.#surroundings.stderr.write(`${printable(text)}\n`);
  }

  #structured(data: unknown): string {
    return this.output === "json" ? formatJson(data) : formatYaml(data);
  }
}
