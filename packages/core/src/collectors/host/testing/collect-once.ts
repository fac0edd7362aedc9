import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import * as fc from "fast-check";
import type { HostCollector } from "../host-collector.ts";
import { hostFiles } from "../kernel-files/host-files.ts";
import type { HostFiles } from "../kernel-files/host-files.ts";
import { ProcFile } from "../kernel-files/proc-file.ts";
import { COLUMN } from "../../../model/core-metrics.ts";
import type { CoreMetric } from "../../../model/core-metrics.ts";
import { codeOf, isCloudMonitorError } from "../../../model/errors.ts";
import type { InstanceRef, CollectContext, SampleWriter } from "../../../model/collector.ts";
import type { SourceFamily } from "../../../model/series-snapshot.ts";

/** For tests of this folder: the recorded machine. */
export const FIXTURES = join(import.meta.dirname, "../fixtures");

export const HOST: InstanceRef = {
  id: -1,
  name: "host",
  ip: "127.0.0.1",
  kind: "host",
  interval: 5,
  target: null,
  simulation: null,
  createdAtMs: 0,
};

export function tickAt(monotonicMs: number): CollectContext {
  return { occasion: "tick", wallMs: Date.UTC(2026, 0, 1) + monotonicMs, monotonicMs, signal: null };
}

export function refreshAt(monotonicMs: number): CollectContext {
  return { ...tickAt(monotonicMs), occasion: "refresh" };
}

/** Records what a collector wrote. */
export class RecordingWriter implements SampleWriter {
  readonly columns = new Map<number, number>();
  readonly families: SourceFamily[] = [];
  readonly problems: string[] = [];
  readonly written: { readonly name: string; readonly labels: string; readonly value: number }[] = [];

  column(column: number, value: number): void {
    this.columns.set(column, value);
  }

  series(name: string, labels: string, value: number): void {
    this.written.push({ name, labels, value });
  }

  family(family: SourceFamily): void {
    this.families.push(family);
  }

  problem(message: string): void {
    this.problems.push(message);
  }

  core(metric: CoreMetric): number | undefined {
    return this.columns.get(COLUMN[metric]);
  }

  /** Value by `name{labels}`. */
  get samples(): ReadonlyMap<string, number> {
    return new Map(this.written.map(({ name, labels, value }) => [labels === "" ? name : `${name}{${labels}}`, value]));
  }
}

/** One reading of a synchronous collector. */
export function collectOnce(collector: HostCollector, context: CollectContext): RecordingWriter {
  const out = new RecordingWriter();
  collector.collect(HOST, context, out);
  return out;
}

/** Files as collectors keep them open; closed at the end of the test. */
export function filesOfTest(procfs: string): HostFiles & Disposable {
  const opened: ProcFile[] = [];
  const files = hostFiles(procfs, (path) => {
    const file = new ProcFile(path);
    opened.push(file);
    return file;
  });
  return {
    ...files,
    [Symbol.dispose]: () => {
      for (const file of opened) file.close();
    },
  };
}

/** Terminates the running child process of a probe, if any, with its descendants. */
export function endChild({ childPid }: { readonly childPid: number | null }): void {
  if (childPid === null) return;
  try {
    process.kill(-childPid, "SIGTERM");
  } catch (error) {
    // It has exited in the meantime.
    if (codeOf(error) !== "ESRCH") throw error;
  }
}

/** A folder for one test, removed at its end. */
export class ScratchFolder {
  readonly path = mkdtempSync(join(tmpdir(), "cloud-monitor-host-"));
  /** The files of a procfs with this folder as root. */
  readonly files = filesOfTest(this.path);

  write(name: string, text: string): string {
    const path = join(this.path, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
    return path;
  }

  [Symbol.dispose](): void {
    this.files[Symbol.dispose]();
    rmSync(this.path, { recursive: true, force: true });
  }
}

/** The recorded file with any number of bytes damaged, inserted or removed, and unrelated texts. */
export function damaged(fixture: string): fc.Arbitrary<string> {
  const text = readFileSync(join(FIXTURES, fixture), "utf8");
  const position = fc.nat(text.length);
  const junk = fc.oneof(
    fc.string({ maxLength: 8, unit: "binary" }),
    fc.constantFrom("\n", " ", "-1", "1e9", "0x1", ":", "NaN"),
  );
  const cuts = fc
    .tuple(position, fc.nat(40), junk)
    .map(([at, length, put]) => text.slice(0, at) + put + text.slice(at + length));
  return fc.oneof(
    cuts,
    position.map((end) => text.slice(0, end)),
    fc.string({ unit: "binary" }),
  );
}

/** The contract of every parser for any text: its values, or `COLLECT_FAILED`, never another error. */
export function valuesOrRefusal<Value>(parse: () => Value): Value | null {
  try {
    return parse();
  } catch (error) {
    if (isCloudMonitorError(error) && error.code === "COLLECT_FAILED") return null;
    throw error;
  }
}

/** Waits for a child process, at most a minute or two: a failing test must not loop forever. */
export async function until(condition: () => boolean): Promise<void> {
  for (let look = 0; look < 30_000; look++) {
    if (condition()) return;
    await pause(2);
  }
  throw new Error("waited a minute in vain");
}
