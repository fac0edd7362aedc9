import type { OutputName } from "./global-options.ts";
import type { ProcessContext } from "./process-context.ts";
import { formatJson, formatJsonLine } from "./format/json.ts";
import { printable } from "./format/printable.ts";
import { formatYaml } from "./format/yaml.ts";

/** Data to stdout in the selected format, notes to stderr. */
export class Printer {
  readonly output: OutputName;
  readonly #context: ProcessContext;

  constructor(context: ProcessContext, output: OutputName) {
    this.#context = context;
    this.output = output;
  }

  /** `table` is called only if the format is table. */
  data(data: unknown, table: () => string): void {
    this.#context.stdout.write(this.output === "table" ? table() : this.#structured(data));
  }

  /** One of many: an object per line in JSON, a document each in YAML. */
  streamed(data: unknown, line: () => string): void {
    if (this.output === "json") this.#context.stdout.write(formatJsonLine(data));
    else if (this.output === "yaml") this.#context.stdout.write(`---\n${formatYaml(data)}`);
    else this.#context.stdout.write(line());
  }

  remark(text: string): void {
    this.#context.stderr.write(`${printable(text)}\n`);
  }

  #structured(data: unknown): string {
    return this.output === "json" ? formatJson(data) : formatYaml(data);
  }
}
