import { execFileSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import type { Instance } from "../model/instance.ts";
import type { Logger } from "../model/logger.ts";
import { silentLogger } from "../model/logger.ts";
import { ManualClock } from "../model/testing/manual-clock.ts";
import { InventorySnapshot } from "./inventory-snapshot.ts";
import { sampleInstance } from "./testing/sample-instance.ts";

let stateDir: string;
let clock: ManualClock;
let warnings: string[];
let facts: unknown[];

beforeEach(() => {
  stateDir = mkdtempSync(join(tmpdir(), "cloud-monitor-snapshot-"));
  clock = new ManualClock();
  warnings = [];
  facts = [];
});

afterEach(() => rmSync(stateDir, { recursive: true }));

function snapshotHere(): InventorySnapshot {
  const warn = (message: string, fields: unknown) => {
    warnings.push(message);
    facts.push(fields);
  };
  const logger: Logger = { ...silentLogger, warn };
  return new InventorySnapshot({ stateDir, clock, logger });
}

function instances(count: number): Instance[] {
  return Array.from({ length: count }, (_, i) => ({ ...sampleInstance(`web-${i}`), id: i + 1, createdAtMs: i }));
}

describe("a snapshot", () => {
  test("returns what was written", async () => {
    const written = instances(1_201);
    const snapshot = snapshotHere();

    snapshot.schedule(() => written);
    await snapshot.stop();

    expect(await snapshotHere().read()).toEqual(written);
    expect(await snapshotHere().read()).toHaveLength(1_201);
  });

  test("returns an empty fleet", async () => {
    const snapshot = snapshotHere();

    snapshot.schedule(() => []);
    await snapshot.stop();

    expect(await snapshotHere().read()).toEqual([]);
  });

  test("is null when there is none", async () => {
    expect(await snapshotHere().read()).toBeNull();
    expect(warnings).toEqual([]);
  });

  test("combines many changes into one write, a second after the first", async () => {
    const snapshot = snapshotHere();
    let asked = 0;
    const source = () => instances(++asked);

    for (let i = 0; i < 100; i++) snapshot.schedule(source);
    const pendingBefore = clock.pending;
    clock.advance(1_000);
    await snapshot.flush();

    expect([pendingBefore, asked, snapshot.stats.writes]).toEqual([1, 1, 1]);
  });

  test("waits longer for further changes where writing takes long", async () => {
    const snapshot = snapshotHere();
    snapshot.schedule(() => {
      clock.advance(100);
      return instances(1);
    });
    await snapshot.flush();

    snapshot.schedule(() => instances(2));
    clock.advance(1_999);
    const pendingBefore = clock.pending;
    clock.advance(1);

    expect([pendingBefore, clock.pending]).toEqual([1, 0]);
    await snapshot.flush();
    expect(snapshot.stats.writes).toBe(2);
  });

  test("is readable only by its owner, and leaves no temporary file", async () => {
    const snapshot = snapshotHere();

    snapshot.schedule(() => instances(1));
    await snapshot.stop();

    expect(statSync(snapshot.path).mode & 0o777).toBe(0o600);
    expect(readdirSync(stateDir)).toEqual(["instances.json"]);
  });

  test("writes nothing after its stop, which is idempotent", async () => {
    const snapshot = snapshotHere();
    await snapshot.stop();
    await snapshot.stop();

    snapshot.schedule(() => instances(1));
    clock.advance(10_000);
    await snapshot.flush();

    expect(existsSync(snapshot.path)).toBe(false);
    expect(clock.pending).toBe(0);
  });

  test("that cannot be written is counted and logged, and the old one is kept", async () => {
    const snapshot = snapshotHere();
    snapshot.schedule(() => instances(1));
    await snapshot.flush();
    mkdirSync(`${snapshot.path}.tmp`);

    snapshot.schedule(() => instances(2));
    await snapshot.flush();

    expect(snapshot.stats).toEqual({ writes: 1, failures: 1, skipped: 0 });
    expect(warnings).toHaveLength(1);
    expect(await snapshotHere().read()).toHaveLength(1);
  });
});

describe("a snapshot that cannot be read", () => {
  test.each([
    ["cut", '{"version":1,"instances":[{"id":1,'],
    ["empty", ""],
    ["of another version", '{"version":2,"instances":[]}'],
    ["no object", "[]"],
    ["without a list", '{"version":1}'],
  ])("because it is %s is put aside with its content, and logged", async (_words, text) => {
    const snapshot = snapshotHere();
    writeFileSync(snapshot.path, text);

    const read = await snapshot.read();

    expect(read).toBeNull();
    expect(readFileSync(`${snapshot.path}.corrupt`, "utf8")).toBe(text);
    expect(existsSync(snapshot.path)).toBe(false);
    expect(warnings).toHaveLength(1);
  });

  test("because it is a link, a FIFO or a folder is moved aside and not followed", async () => {
    const elsewhere = join(stateDir, "elsewhere");
    writeFileSync(elsewhere, '{"version":1,"instances":[]}');
    const snapshot = snapshotHere();
    const lay: readonly (() => void)[] = [
      () => symlinkSync(elsewhere, snapshot.path),
      () => execFileSync("mkfifo", [snapshot.path]),
      () => mkdirSync(snapshot.path),
    ];

    for (const each of lay) {
      each();
      expect(await snapshot.read()).toBeNull();
      expect(existsSync(snapshot.path)).toBe(false);
      rmSync(`${snapshot.path}.corrupt`, { recursive: true });
    }

    expect(warnings).toHaveLength(3);
  });

  test("because it is larger than a million instances is moved aside unread", async () => {
    const snapshot = snapshotHere();
    writeFileSync(snapshot.path, "");
    truncateSync(snapshot.path, 3 * 1024 ** 3);
    const before = process.memoryUsage.rss();

    expect(await snapshot.read()).toBeNull();

    expect(process.memoryUsage.rss() - before).toBeLessThan(100 * 1024 ** 2);
    expect(statSync(`${snapshot.path}.corrupt`).size).toBe(3 * 1024 ** 3);
  });
});

describe("an entry that the API would not accept", () => {
  const good = { ...sampleInstance("web-1"), id: 1, createdAtMs: 0 };
  const host = { ...good, id: -7, kind: "host" };

  test.each<[string, unknown]>([
    ["no object", null],
    ["id", { ...good, id: 0 }],
    ["id", { ...good, id: 2 ** 31 }],
    ["id", { ...good, id: 1.5 }],
    ["name", { ...good, name: undefined }],
    ["name", { ...good, name: " x" }],
    ["name", { ...good, name: "a\u202Eb" }],
    ["name", { ...good, name: "x".repeat(129) }],
    ["ip", { ...good, ip: "1.2.3" }],
    ["interval", { ...good, interval: 0 }],
    ["interval", { ...good, interval: -5 }],
    ["interval", { ...good, interval: 1e13 }],
    ["interval", { ...good, interval: "5" }],
    ["kind", { ...good, kind: "toaster" }],
    ["kind", { ...good, kind: "host" }],
    ["kind", { ...host, kind: "simulated" }],
    ["target", { ...good, target: "" }],
    ["labels", { ...good, labels: { id: "1" } }],
    ["labels", { ...good, labels: JSON.parse('{"__proto__":"1"}') as unknown }],
    ["labels", { ...good, labels: { zone: 1 } }],
    ["labels", { ...good, labels: Object.fromEntries(Array.from({ length: 17 }, (_, i) => [`l${i}`, ""])) }],
    ["simulation", { ...good, simulation: { fault: "explode" } }],
    ["simulation", { ...good, simulation: { toString: 1 } }],
    ["simulation", { ...good, simulation: { delayMs: 1e9 } }],
    ["source", { ...good, source: "elsewhere" }],
    ["createdAtMs", { ...good, createdAtMs: 1e300 }],
    ["id or name of an earlier one", { ...good, name: "web-9" }],
    ["id or name of an earlier one", { ...good, id: 9 }],
  ])("is left out for its %s, counted and logged; the others are given back", async (problem, entry) => {
    const snapshot = snapshotHere();
    const other = { ...good, id: 2, name: "web-2" };
    writeFileSync(snapshot.path, JSON.stringify({ version: 1, instances: [good, host, entry, other] }));

    const read = await snapshot.read();

    expect(read).toEqual([good, host, other]);
    expect(snapshot.stats.skipped).toBe(1);
    expect(facts).toEqual([{ path: snapshot.path, skipped: 1, firstProblem: `entry 2: ${problem}` }]);
  });
});

describe("the temporary file of a write", () => {
  test.each<[string, (path: string, elsewhere: string) => void]>([
    ["a leftover of a crash", (path) => writeFileSync(path, "half")],
    ["a link", (path, elsewhere) => symlinkSync(elsewhere, path)],
    ["a FIFO", (path) => execFileSync("mkfifo", [path])],
  ])("replaces %s and writes nothing through it", async (_words, lay) => {
    const snapshot = snapshotHere();
    const elsewhere = join(stateDir, "elsewhere");
    writeFileSync(elsewhere, "precious");
    lay(`${snapshot.path}.tmp`, elsewhere);

    snapshot.schedule(() => instances(2));
    await snapshot.flush();

    expect(snapshot.stats).toMatchObject({ writes: 1, failures: 0 });
    expect(readFileSync(elsewhere, "utf8")).toBe("precious");
    expect(await snapshotHere().read()).toHaveLength(2);
    expect(readdirSync(stateDir).toSorted()).toEqual(["elsewhere", "instances.json"]);
  });
});
