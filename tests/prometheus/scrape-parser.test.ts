import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "@jest/globals";
import { parseText } from "../../packages/core/src/collectors/scrape/text/parse-text.ts";
import { endChild } from "../support/end-child.ts";
import { eventually } from "../support/eventually.ts";
import { runProgram } from "../support/run-program.ts";
import { BODIES, damaged, isNewer, isReadBetter, variants } from "./scraped-bodies.ts";
import type { Body } from "./scraped-bodies.ts";
import { needs } from "../support/programs.ts";

interface Reading {
  readonly isAccepted: boolean;
  /** Value by series, labels without a value left out as Prometheus does. */
  readonly samples: ReadonlyMap<string, string>;
}

const CONTENT_TYPES = {
  text: "text/plain; version=0.0.4",
  openmetrics: "application/openmetrics-text; version=1.0.0",
};
/** Addresses of further bodies, separated by spaces: real exporters. */
const EXPORTERS = (process.env["EXPORTERS"] ?? "").split(" ").filter((url) => url !== "");
/** `PROMETHEUS` names another release than the installed one. */
const PROGRAM = process.env["PROMETHEUS"] ?? "prometheus";

const withPrometheus = needs("prometheus");

withPrometheus(
  "a body is read as Prometheus reads it, or refused where it refuses it",
  async () => {
    const isOld = (await runProgram(PROGRAM, { args: ["--version"] })).stdout.startsWith("prometheus, version 2");
    const real = (await Promise.all(EXPORTERS.map(bodiesOf))).flat();
    const all = [...BODIES, ...variants(), ...real, ...real.flatMap(damaged)];
    const bodies = all.filter((body) => !isReadBetter(body) && (!isOld || !isNewer(body)));
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

/** What an exporter responds with, in both formats. */
async function bodiesOf(url: string): Promise<Body[]> {
  return Promise.all(
    Object.values(CONTENT_TYPES).map(async (accept): Promise<Body> => {
      const response = await fetch(url, { headers: { accept } });
      const isOpen = response.headers.get("content-type")?.startsWith("application/openmetrics-text") === true;
      return { text: await response.text(), format: isOpen ? "openmetrics" : "text" };
    }),
  );
}

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
    else if (!name.startsWith("scrape_")) one.samples.set(seriesOf(name, labels), String(numberOf(value[1]) + 0));
  }
  return found.map(({ up, samples }) => (up === "" ? null : { isAccepted: up === "1", samples }));
}

function numberOf(text: string): number {
  return Number(text.replace("Inf", "Infinity"));
}

function seriesOf(name: string, labels: Readonly<Record<string, string>>): string {
  // Prometheus 3 writes the bounds of buckets and quantiles as OpenMetrics does, with a fraction.
  const text = (label: string, value: string) =>
    label === "le" || label === "quantile" ? String(Number(value.replace("Inf", "Infinity"))) : value;
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
  return { isAccepted, samples: [...samples].sort(([a], [b]) => (a < b ? -1 : 1)) };
}
