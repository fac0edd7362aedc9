/** A parser of both text formats for tests: strict, slow, and independent of the encoder. */
export interface ParsedPage {
  readonly families: readonly ParsedFamily[];
  readonly ended: boolean;
}

export interface ParsedFamily {
  readonly name: string;
  readonly type: string;
  help: string | null;
  unit: string | null;
  readonly samples: ParsedSample[];
}

export interface ParsedSample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

const SAMPLE = /^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})? (NaN|[+-]Inf|-?\d+(?:\.\d+)?(?:e[+-]\d{2,})?)$/;
const LABEL = /([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\]|\\[\\"n])*)"(?:,|$)/y;

export function parseExposition(text: string): ParsedPage {
  if (!text.endsWith("\n")) throw new Error("the page does not end with a newline");
  const lines = text.slice(0, -1).split("\n");
  const ended = lines.at(-1) === "# EOF";
  const families: ParsedFamily[] = [];
  let pendingHelp: readonly [string, string] | null = null;
  for (const line of ended ? lines.slice(0, -1) : lines) {
    const [, keyword, name, rest] = /^# (HELP|TYPE|UNIT) (\S+) (.*)$/.exec(line) ?? [];
    const family = families.at(-1);
    if (keyword === "TYPE") {
      const help = pendingHelp !== null && pendingHelp[0] === name ? pendingHelp[1] : null;
      families.push({ name: name!, type: rest!, help, unit: null, samples: [] });
    } else if (keyword === "HELP" && family?.name === name) family!.help = unescapeText(rest!);
    else if (keyword === "HELP") pendingHelp = [name!, unescapeText(rest!)];
    else if (keyword === "UNIT" && family?.name === name) family!.unit = rest!;
    else if (family !== undefined) family.samples.push(parseSample(line));
    else throw new Error(`a sample without a family: ${line}`);
  }
  return { families, ended };
}

function parseSample(line: string): ParsedSample {
  const [, name, block = "", value] = SAMPLE.exec(line) ?? [];
  if (name === undefined) throw new Error(`not a sample: ${line}`);
  return { name, labels: parseLabels(block), value: Number(value!.replace("Inf", "Infinity")) };
}

function parseLabels(block: string): Record<string, string> {
  const labels: Record<string, string> = {};
  LABEL.lastIndex = 0;
  while (LABEL.lastIndex < block.length) {
    const match = LABEL.exec(block);
    if (match === null) throw new Error(`not a label block: ${block}`);
    const [, name, value] = match;
    if (Object.hasOwn(labels, name!)) throw new Error(`label ${name} is there twice: ${block}`);
    labels[name!] = unescapeText(value!);
  }
  return labels;
}

function unescapeText(text: string): string {
  return text.replace(/\\(.)/g, (_, char: string) => (char === "n" ? "\n" : char));
}
