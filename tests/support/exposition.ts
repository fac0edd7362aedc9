/** One line of a text exposition: `name{labels} value`, the labels unescaped. */
export interface ExposedSample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

const SAMPLE = /^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})? (\S+)$/;
const LABEL = /([a-zA-Z_]\w*)="((?:[^"\\]|\\.)*)"(?:,|$)/g;
const ESCAPED: Readonly<Record<string, string>> = { "\\n": "\n", '\\"': '"', "\\\\": "\\" };

/** Parses a response of /metrics; throws for an invalid line. */
export function parseExposition(text: string): ExposedSample[] {
  return text
    .split("\n")
    .filter((line) => line !== "" && !line.startsWith("#"))
    .map(parseSample);
}

function parseSample(line: string): ExposedSample {
  const match = SAMPLE.exec(line);
  if (match === null) throw new Error(`not a sample: ${line}`);
  const [, name, labels, value] = match;
  const pairs = [...(labels ?? "").matchAll(LABEL)].map(([, key, text]) => [key!, unescapeLabel(text!)]);
  return { name: name!, labels: Object.fromEntries(pairs) as Record<string, string>, value: Number(value) };
}

function unescapeLabel(text: string): string {
  return text.replaceAll(/\\./g, (pair) => ESCAPED[pair] ?? pair);
}
