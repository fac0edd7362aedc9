/** A body as a target sends it. */
export interface Body {
  readonly text: string;
  readonly format: "text" | "openmetrics";
}

const text = (body: string): Body => ({ text: body, format: "text" });
const openMetrics = (body: string): Body => ({ text: body, format: "openmetrics" });

const WHOLE =
  '# HELP a_total Help \\\\ of "a".\n# TYPE a_total counter\na_total{b="c",d="e"} 1\na_total{b="c\\n\\"\\\\"} 2.5e3 1700000000000\n' +
  '# TYPE h histogram\nh_bucket{le="0.5"} 1\nh_bucket{le="+Inf"} 2\nh_sum 3\nh_count 2\n# a comment\n\nx -Inf\ny +Inf\n';
const WHOLE_OPEN =
  '# TYPE a counter\n# UNIT a_seconds seconds\n# HELP a Help.\na_total{b="c",d="e"} 1 1700000000.5 # {t="x"} 1 1.5\na_created 2\n' +
  '# TYPE h histogram\nh_bucket{le="0.5"} 1\nh_bucket{le="+Inf"} 2\nh_sum 3\nh_count 2\n# EOF\n';

/** Forms of numbers, names, labels, comments and line ends. */
export const BODIES: readonly Body[] = [
  ...[
    "# TYPE a=gauge",
    "# TYPE a= gauge",
    "# HELP a{x",
    "# TYPE a{gauge",
    "# HELP a=",
    '# TYPE a"gauge',
    "# HELP =x",
  ].flatMap((comment) => [line(`${comment}\na 1`), openLine(`${comment}\na 1`)]),
  text(WHOLE),
  openMetrics(WHOLE_OPEN),
  ...["0", "-0", "1.", ".5", "1e3", "1E+3", "1e-3", "+1", "00012", "1e22", "123456789012345678901234567890"].map(
    numbered,
  ),
  ...["0.1e-400", "9007199254740993", "4.35", "2.2250738585072011e-308", "inf", "-inf", "Infinity", "+infinity"].map(
    numbered,
  ),
  ...["1_000", "0x1p-2", "0x10", "1e", "e5", ".", "-", "+-1", "1e400", "nan1", "+nan", "1,5", "1e5.5", "١"].map(
    numbered,
  ),
  ...[
    "a{} 1",
    "a{ } 1",
    'a{b="c",} 1',
    'a{b="c" , d = "e"} 1',
    'a {b="c"} 1',
    'a{b="c"}1',
    "a\t1",
    " a 1",
    "a 1 ",
    "a  1",
  ].map(line),
  ...[
    "a{,} 1",
    "a{b} 1",
    "a{b=c} 1",
    'a{b="c} 1',
    'a{b="c"d="e"} 1',
    'a{b="c",,} 1',
    'a{1b="c"} 1',
    'a{b:c="d"} 1',
  ].map(line),
  ...[
    'a{b="\\x"} 1',
    'a{b="\\"} 1',
    'a{b=""} 1',
    'a{é="c"} 1',
    'a{b="é"} 1',
    "é 1",
    "1a 1",
    ":a 1",
    "a:b 1",
    "a-b 1",
  ].map(line),
  ...[
    "a 1 2",
    "a 1 -2",
    "a 1 2.5",
    "a 1 2 3",
    "a 1 b",
    "a",
    "a ",
    "{} 1",
    "a{}",
    "a 1\r",
    "#",
    "#a",
    "# HELP",
    "# TYPE",
  ].map(line),
  ...[
    "# HELP a",
    "# HELP a ",
    "# TYPE a",
    "# TYPE a b",
    "# TYPE a counter ",
    "#  TYPE a gauge",
    "#TYPE a gauge",
    "# HELPa b",
  ].map(line),
  ...[
    "# TYPE 1a gauge",
    "# type a gauge",
    "# TYPE a Gauge",
    "# TYPE a unknown",
    "# TYPE a untyped",
    "# HELP a b\\c",
  ].map(line),
  ...[
    "",
    "\n",
    "a 1",
    "a 1\n\n\nb 2\n",
    "\na 1\n",
    "a 1\n# EOF\n",
    "a 1\na 2\n",
    "a 1\n\tb 2\n",
    "a 1\n \nb 2\n",
    "a 1\n\t# HELP a b\nb 2\n",
  ].map(text),
  ...["# EOF\n", "# EOF", "", "a 1\n", "a 1\n# EOF\n\n", "a 1\n# EOF\nb 1\n", "a 1\n\n# EOF\n", "# a\n# EOF\n"].map(
    openMetrics,
  ),
  ...["a  1", "a 1 ", " a 1", "a\t1", 'a{b="c",} 1', 'a{b="c", d="e"} 1', 'a{ b="c"} 1', 'a {b="c"} 1', "a{} 1"].map(
    openLine,
  ),
  ...[
    "a 1 2",
    "a 1 2.5",
    "a 1 2e3",
    "a 1 b",
    "a 1 # {} 1",
    'a 1 # {t="x"} 1',
    "a_total 1 # {t=x} 1",
    "# TYPE a untyped",
  ].map(openLine),
  ...[
    "# TYPE a info",
    "# TYPE a stateset",
    "# TYPE a gaugehistogram",
    "# TYPE a unknown",
    "# UNIT a s",
    "# HELP a b",
  ].map(openLine),
];

/** What Prometheus reads since release 3 only: exemplars of gauges, an empty OpenMetrics text, a comma at the end of labels. */
export function isNewer({ text: body, format }: Body): boolean {
  return format === "openmetrics" && (body === "" || body.includes(",}") || /^(?!\w*_total)[^#\n]* # /m.test(body));
}

/** Release 2 refuses blanks before a name, release 3 takes them for a part of it; here they are read over. */
export function isReadBetter({ text: body, format }: Body): boolean {
  return format === "text" && /^[ \t]+\w/m.test(body);
}

function numbered(number: string): Body {
  return text(`a ${number}\nb 1\n`);
}

function line(given: string): Body {
  return text(`${given}\nb 1\n`);
}

function openLine(given: string): Body {
  return openMetrics(`${given}\nb 1\n# EOF\n`);
}

/** The whole bodies with one character removed, doubled or replaced, at places spread over them. */
export function variants(): Body[] {
  return [text(WHOLE), openMetrics(WHOLE_OPEN)].flatMap(({ text: whole, format }) =>
    Array.from({ length: 60 }, (_, index): Body => {
      const at = Math.floor((whole.length * index) / 60);
      const replaced = ["", whole[at]! + whole[at]!, " ", "\n", '"', "\\", "{", "#", "0"][index % 9]!;
      return { text: whole.slice(0, at) + replaced + whole.slice(at + 1), format };
    }),
  );
}

/** A body with a byte of it removed, replaced or repeated, or its end cut off, at places spread over it. */
export function damaged({ text: whole, format }: Body): Body[] {
  return Array.from({ length: 12 }, (_, index): Body => {
    const at = Math.floor((whole.length * (index + 0.5)) / 12) + ((index * 7) % 13);
    const replaced = ["", " ", "\n", '"', "\\", "{", "}", "#", "=", ",", "x"][index % 11]!;
    const rest = index % 3 === 2 ? "" : whole.slice(at + 1);
    return { text: whole.slice(0, at) + replaced + rest, format };
  });
}
