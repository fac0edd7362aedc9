import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "@jest/globals";
import { parseText } from "../../packages/core/src/collectors/scrape/text/text-parser.ts";
import { endChild } from "../support/end-child.ts";
import { eventually } from "../support/eventually.ts";
import { runProgram } from "../support/run-program.ts";
import { needs } from "../support/programs.ts";

/** A body as a target sends it. */
interface Body {
  readonly text: string;
  readonly format: "text" | "openmetrics";
}

interface Reading {
  readonly isAccepted: boolean;
  /** Value by series, labels without a value left out as Prometheus does. */
  readonly samples: ReadonlyMap<string, string>;
}

const CONTENT_TYPES = {
  text: "text/plain; version=0.0.4",
  openmetrics: "application/openmetrics-text; version=1.0.0",
};
/** `PROMETHEUS` names another release than the installed one. */
const PROGRAM = process.env["PROMETHEUS"] ?? "prometheus";

const withPrometheus = needs("prometheus");

withPrometheus(
  "a body is read as Prometheus reads it, or refused where it refuses it",
  async () => {
    const isOld = (await runProgram(PROGRAM, { args: ["--version"] })).stdout.startsWith("prometheus, version 2");
    const bodies = [...BODIES, ...variants()].filter((body) => !isReadBetter(body) && (!isOld || !isNewer(body)));
    const theirs = await readByPrometheus(bodies);

    const differences = bodies.flatMap((body, index) => {
      const ours = read(body);
      const their = theirs[index]!;
      return same(ours, their) ? [] : [{ body, ours: plain(ours), theirs: plain(their) }];
    });

    expect(differences).toEqual([]);
    expect(theirs.filter(({ isAccepted }) => isAccepted).length).toBeGreaterThan(50);
    expect(theirs.filter(({ isAccepted }) => !isAccepted).length).toBeGreaterThan(50);
  },
  90_000,
);

function read({ text, format }: Body): Reading {
  try {
    const { names, labels, values } = parseText(Buffer.from(text), format);
    const samples = new Map<string, string>();
    for (const [index, name] of names.entries()) {
      const series = seriesOf(name, labelsOf(labels[index]!));
      // Of two samples of a series, Prometheus keeps the first.
      if (!samples.has(series)) samples.set(series, String(values[index]! + 0));
    }
    return { isAccepted: true, samples };
  } catch {
    return { isAccepted: false, samples: new Map() };
  }
}

async function readByPrometheus(bodies: readonly Body[]): Promise<Reading[]> {
  const asked = new Map<number, number>();
  const server = createServer((request, response) => {
    const index = Number(request.url!.slice(1));
    asked.set(index, (asked.get(index) ?? 0) + 1);
    const { text, format } = bodies[index]!;
    response.writeHead(200, { "content-type": CONTENT_TYPES[format] }).end(text);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const folder = mkdtempSync(join(tmpdir(), "cloud-monitor-parser-"));
  const target = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  writeFileSync(join(folder, "prometheus.yml"), configFor(target, bodies.length));
  const args = [`--config.file=${folder}/prometheus.yml`, `--storage.tsdb.path=${folder}/data`];
  const child = spawn(PROGRAM, [...args, "--web.listen-address=127.0.0.1:0"], { stdio: ["ignore", "ignore", "pipe"] });
  try {
    let log = "";
    child.stderr.on("data", (chunk: Buffer) => (log += String(chunk)));
    const [, address] = await eventually(
      async () => /Listening on.* address=(\S+)/.exec(log) ?? [],
      ([, found]) => found !== undefined,
    );
    await eventually(
      async () => Math.min(...bodies.map((_, index) => asked.get(index) ?? 0)),
      (least) => least >= 2,
      60_000,
    );
    return await eventually(
      () => readings(`http://${address}`, bodies.length),
      (all) => all.every((one) => one !== null),
    ).then((all) => all.map((one) => one!));
  } finally {
    await endChild(child);
    server.close();
    server.closeAllConnections();
    rmSync(folder, { recursive: true, force: true });
  }
}

function configFor(target: string, count: number): string {
  const targets = Array.from(
    { length: count },
    (_, index) => `  - {targets: ["${target}"], labels: {__metrics_path__: "/${index}", body: "${index}"}}\n`,
  );
  return (
    "global: {scrape_interval: 2s}\nscrape_configs:\n- job_name: bodies\n  honor_timestamps: false\n" +
    `  static_configs:\n${targets.join("")}`
  );
}

/** By body; null for one that was not scraped yet. */
async function readings(url: string, count: number): Promise<(Reading | null)[]> {
  const answer = await fetch(`${url}/api/v1/query?query=${encodeURIComponent('{job="bodies"}')}`);
  if (answer.status !== 200) return [null];
  const { data } = (await answer.json()) as {
    data: { result: { metric: Record<string, string>; value: [number, string] }[] };
  };
  const found = Array.from({ length: count }, () => ({ up: "", samples: new Map<string, string>() }));
  for (const { metric, value } of data.result) {
    const { __name__: name = "", body, instance: _instance, job: _job, ...labels } = metric;
    const one = found[Number(body)]!;
    if (name === "up") one.up = value[1];
    else if (!/^scrape_/.test(name)) one.samples.set(seriesOf(name, labels), String(numberOf(value[1]) + 0));
  }
  return found.map(({ up, samples }) => (up === "" ? null : { isAccepted: up === "1", samples }));
}

function numberOf(text: string): number {
  return Number(text.replace("Inf", "Infinity"));
}

function seriesOf(name: string, labels: Readonly<Record<string, string>>): string {
  // Prometheus 3 writes the bounds of buckets as OpenMetrics does, with a fraction.
  const text = (label: string, value: string) =>
    label === "le" ? String(Number(value.replace("Inf", "Infinity"))) : value;
  const given = Object.entries(labels)
    .filter(([, value]) => value !== "")
    .map(([label, value]) => [label, text(label, value)] as const);
  return JSON.stringify([name, ...given.sort(([a], [b]) => (a < b ? -1 : 1))]);
}

function labelsOf(block: string): Record<string, string> {
  const unescape = (text: string) => text.replace(/\\(.)/g, (_, char: string) => (char === "n" ? "\n" : char));
  return Object.fromEntries(
    Array.from(block.matchAll(/([A-Za-z_]\w*)="((?:[^"\\]|\\.)*)"/g), ([, name, value]) => [name!, unescape(value!)]),
  );
}

function same(a: Reading, b: Reading): boolean {
  return JSON.stringify(plain(a)) === JSON.stringify(plain(b));
}

function plain({ isAccepted, samples }: Reading) {
  return { isAccepted, samples: [...samples].sort() };
}

const text = (body: string): Body => ({ text: body, format: "text" });
const openMetrics = (body: string): Body => ({ text: body, format: "openmetrics" });

const WHOLE =
  '# HELP a_total Help \\\\ of "a".\n# TYPE a_total counter\na_total{b="c",d="e"} 1\na_total{b="c\\n\\"\\\\"} 2.5e3 1700000000000\n' +
  '# TYPE h histogram\nh_bucket{le="0.5"} 1\nh_bucket{le="+Inf"} 2\nh_sum 3\nh_count 2\n# a comment\n\nx -Inf\ny +Inf\n';
const WHOLE_OPEN =
  '# TYPE a counter\n# UNIT a_seconds seconds\n# HELP a Help.\na_total{b="c",d="e"} 1 1700000000.5 # {t="x"} 1 1.5\na_created 2\n' +
  '# TYPE h histogram\nh_bucket{le="0.5"} 1\nh_bucket{le="+Inf"} 2\nh_sum 3\nh_count 2\n# EOF\n';

const BODIES: readonly Body[] = [
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
function isNewer({ text: body, format }: Body): boolean {
  return format === "openmetrics" && (body === "" || body.includes(",}") || /^(?!\w*_total)[^#\n]* # /m.test(body));
}

/** Release 2 refuses blanks before a name, release 3 takes them for a part of it; here they are read over. */
function isReadBetter({ text: body, format }: Body): boolean {
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
function variants(): Body[] {
  return [text(WHOLE), openMetrics(WHOLE_OPEN)].flatMap(({ text: whole, format }) =>
    Array.from({ length: 60 }, (_, index): Body => {
      const at = Math.floor((whole.length * index) / 60);
      const replaced = ["", whole[at]! + whole[at]!, " ", "\n", '"', "\\", "{", "#", "0"][index % 9]!;
      return { text: whole.slice(0, at) + replaced + whole.slice(at + 1), format };
    }),
  );
}
