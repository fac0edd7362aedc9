import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import type { Instance } from "../model/instance.ts";
import type { Logger } from "../model/logger.ts";
import { silentLogger } from "../model/logger.ts";
import { ManualClock } from "../model/manual-clock.ts";
import { Snapshot } from "./snapshot.ts";
import { sampleInstance } from "./testing/sample-instance.ts";

let stateDir: string;
let clock: ManualClock;
let warnings: string[];

beforeEach(() => {
  stateDir = mkdtempSync(join(tmpdir(), "cloud-monitor-snapshot-"));
  clock = new ManualClock();
  warnings = [];
});

afterEach(() => rmSync(stateDir, { recursive: true }));

function snapshotHere(): Snapshot {
  const logger: Logger = { ...silentLogger, warn: (message) => warnings.push(message) };
  return new Snapshot({ stateDir, clock, logger });
}

function instances(count: number): Instance[] {
  return Array.from({ length: count }, (_, i) => ({ ...sampleInstance(`web-${i}`), id: i + 1, createdAtMs: i }));
}

describe("a snapshot", () => {
  test("gives back what was written", async () => {
    const written = instances(1_201);
    const snapshot = snapshotHere();

    snapshot.schedule(() => written);
    await snapshot.stop();

    expect(snapshotHere().read()).toEqual(written);
    expect(snapshotHere().read()).toHaveLength(1_201);
  });

  test("gives back an empty fleet", async () => {
    const snapshot = snapshotHere();

    snapshot.schedule(() => []);
    await snapshot.stop();

    expect(snapshotHere().read()).toEqual([]);
  });

  test("is null where there is none", () => {
    expect(snapshotHere().read()).toBeNull();
    expect(warnings).toEqual([]);
  });

  test("takes many changes in one write, a second after the first", async () => {
    const snapshot = snapshotHere();
    let asked = 0;
    const source = () => instances(++asked);

    for (let i = 0; i < 100; i++) snapshot.schedule(source);
    const pendingBefore = clock.pending;
    clock.advance(1_000);
    await snapshot.flush();

    expect([pendingBefore, asked, snapshot.stats.writes]).toEqual([1, 1, 1]);
  });

  test("is readable by its owner alone, and leaves no temporary file", async () => {
    const snapshot = snapshotHere();

    snapshot.schedule(() => instances(1));
    await snapshot.stop();

    expect(statSync(snapshot.path).mode & 0o777).toBe(0o600);
    expect(readdirSync(stateDir)).toEqual(["instances.json"]);
  });

  test("writes nothing after its stop, which is safe twice", async () => {
    const snapshot = snapshotHere();
    await snapshot.stop();
    await snapshot.stop();

    snapshot.schedule(() => instances(1));
    clock.advance(10_000);
    await snapshot.flush();

    expect(existsSync(snapshot.path)).toBe(false);
    expect(clock.pending).toBe(0);
  });

  test("that cannot be written is counted and logged, and the old one stays", async () => {
    const snapshot = snapshotHere();
    snapshot.schedule(() => instances(1));
    await snapshot.flush();
    mkdirSync(`${snapshot.path}.tmp`);

    snapshot.schedule(() => instances(2));
    await snapshot.flush();

    expect(snapshot.stats).toEqual({ writes: 1, failures: 1 });
    expect(warnings).toHaveLength(1);
    expect(snapshotHere().read()).toHaveLength(1);
  });
});

describe("a snapshot that cannot be read", () => {
  const good = { ...sampleInstance("web-1"), id: 1, createdAtMs: 0 };
  const holding = (entry: unknown) => JSON.stringify({ version: 1, instances: [entry] });

  test.each([
    ["cut", '{"version":1,"instances":[{"id":1,'],
    ["empty", ""],
    ["of another version", '{"version":2,"instances":[]}'],
    ["no object", "[]"],
    ["without a list", '{"version":1}'],
    ["holding an instance without a name", holding({ ...good, name: undefined })],
    ["holding an unknown kind", holding({ ...good, kind: "toaster" })],
    ["holding a null", holding(null)],
  ])("because it is %s is put aside with its content, and logged", (_words, text) => {
    const snapshot = snapshotHere();
    writeFileSync(snapshot.path, text);

    const read = snapshot.read();

    expect(read).toBeNull();
    expect(readFileSync(`${snapshot.path}.corrupt`, "utf8")).toBe(text);
    expect(existsSync(snapshot.path)).toBe(false);
    expect(warnings).toHaveLength(1);
  });
});
