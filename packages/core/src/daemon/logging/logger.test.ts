import { describe, expect, it } from "@jest/globals";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { Writable } from "node:stream";
import { text } from "node:stream/consumers";
import { ManualClock } from "../../model/testing/manual-clock.ts";
import { StreamOutput } from "./line-output.ts";
import { createLogger } from "./logger.ts";
import type { LoggerOptions } from "./logger.ts";

function rig({ stream: given, ...options }: Partial<LoggerOptions> & { stream?: Writable } = {}) {
  const chunks: string[] = [];
  const write = (chunk: string, _encoding: string, done: () => void) => {
    chunks.push(chunk);
    done();
  };
  const stream = given ?? new Writable({ decodeStrings: false, write });
  const clock = new ManualClock();
  const defaults = { level: "info", format: "auto", serviceName: "cloud-monitor", isTerminal: false } as const;
  const logger = createLogger({ ...defaults, clock, output: new StreamOutput(stream), ...options });
  return { logger, clock, stream, lines: () => chunks.join("").split("\n").slice(0, -1) };
}

/** A stream that accepts one chunk at a time, on demand. */
function slowStream() {
  const chunks: string[] = [];
  let done: (() => void) | null = null;
  const write = (chunk: string, _encoding: string, callback: () => void) => {
    chunks.push(chunk);
    done = callback;
  };
  const takeAll = async () => {
    while (done !== null) {
      const callback: () => void = done;
      done = null;
      callback();
      // The stream passes on its next chunk in a later event-loop turn.
      await Promise.resolve();
    }
  };
  return { stream: new Writable({ decodeStrings: false, write }), chunks, takeAll };
}

describe("a log line", () => {
  it("is one JSON object with the fixed parts first", async () => {
    const { logger, lines } = rig();

    logger.child("storage").info("stored a batch", { rows: 5000 });
    await logger.flush();

    expect(lines()).toEqual([
      '{"timestamp":"2026-01-01T00:00:00.000Z","level":"info","message":"stored a batch","service":"cloud-monitor",' +
        '"component":"storage","rows":5000}',
    ]);
  });

  it("cannot be forged: facts neither replace fixed parts nor break the line nor move the cursor", async () => {
    const { logger, lines } = rig();

    logger.warn("hostile %s\n\u001b[2J\u009b2J\u202e", { message: "m", level: "error", name: "a\r\nb\u2028" });
    await logger.flush();

    expect(lines()).toHaveLength(1);
    expect(lines()[0]).toMatch(/^[\x20-\x7e]+$/);
    expect(JSON.parse(lines()[0]!)).toMatchObject({
      level: "warn",
      message: "hostile %s\n\u001b[2J\u009b2J\u202e",
      field_message: "m",
      field_level: "error",
      name: "a\r\nb\u2028",
    });
  });

  it("is short text on a terminal, coloured, with the stack of an error", async () => {
    const { logger, lines } = rig({ isTerminal: true });

    logger.error("cannot store", { error: Object.assign(new Error("away"), { code: "E1" }), batch: "b 1" });
    await logger.flush();

    const plain = lines().map((line) => line.replace(/\u001b\[\d+m/g, ""));
    expect(lines()[0]).toContain("\u001b[31m");
    expect(plain[0]).toMatch(/^\d\d:\d\d:\d\d error daemon: cannot store error=Error: away \[E1\] batch="b 1"$/);
    expect(plain[1]).toMatch(/^ {4}at /);
  });

  it("is without colours where they are not wanted, and still cannot move the cursor", async () => {
    const { logger, lines } = rig({ isTerminal: true, isColoured: false });

    logger.info("a\u001b[2J\nb", { fact: "\u001b[2J" });
    await logger.flush();

    expect(lines()).toEqual([
      expect.stringMatching(/^\d\d:\d\d:\d\d info {2}daemon: a\\u001b\[2J\\nb fact="\\u001b\[2J"$/),
    ]);
  });

  it("begins with its priority for journald", async () => {
    const { logger, lines } = rig({ isJournal: true, level: "debug" });

    logger.error("e");
    logger.warn("w");
    logger.info("i");
    logger.debug("d");
    await logger.flush();

    expect(lines().map((line) => line.slice(0, 4))).toEqual(["<3>{", "<4>{", "<6>{", "<7>{"]);
  });
});

describe("the level", () => {
  it("applies to all components and can be changed at run time", async () => {
    const { logger, lines } = rig();
    const child = logger.child("pipeline");

    child.debug("before");
    logger.setLevel("debug");
    child.debug("after");
    await logger.flush();

    expect(lines().map((line) => (JSON.parse(line) as { message: string }).message)).toEqual(["after"]);
  });
});

describe("an output", () => {
  it("that is stuck does not hold the end up for more than 2 s", async () => {
    const { stream } = slowStream();
    const { logger, clock } = rig({ stream });
    logger.info("one");
    logger.info("two");

    const flushed = logger.flush();
    clock.advance(2000);

    await expect(flushed).resolves.toBeUndefined();
    expect(clock.pending).toBe(0);
  });

  it("that broke loses lines and nothing else", async () => {
    const { logger, stream, clock } = rig();
    stream.destroy(Object.assign(new Error("write EIO"), { code: "EIO" }));
    await once(stream, "close").catch(() => {});

    logger.info("nobody reads this");

    await expect(logger.flush()).resolves.toBeUndefined();
    expect(clock.pending).toBe(0);
  });

  it("that accepts nothing loses the lines beyond 4 MiB, which are counted when it recovers", async () => {
    const { stream, chunks, takeAll } = slowStream();
    const { logger } = rig({ stream });
    for (let i = 0; i < 6000; i++) logger.info("x".repeat(1000));
    const waitingBytes = stream.writableLength;

    await takeAll();
    logger.info("after");
    await takeAll();

    const last = chunks.slice(-2).map((line) => JSON.parse(line) as { message: string });
    expect(waitingBytes).toBeLessThan(4 * 1024 * 1024 + 2048);
    expect(last[0]?.message).toBe("after");
    expect(last[1]).toMatchObject({ level: "warn", component: "log", records: 6000 - (chunks.length - 2) });
    expect(logger.linesLost).toBe(6000 - (chunks.length - 2));
  });
});

describe("a process", () => {
  const script = (body: string) => `
    import { createLogger } from ${JSON.stringify(new URL("logger.ts", import.meta.url).href)};
    import { lineOutputOf } from ${JSON.stringify(new URL("line-output.ts", import.meta.url).href)};
    import { systemClock } from ${JSON.stringify(new URL("../../platform/system-clock.ts", import.meta.url).href)};
    const output = lineOutputOf(process.stdout);
    const logger = createLogger({ level: "info", format: "json", serviceName: "s", clock: systemClock, output, isTerminal: false });
    for (let i = 0; i < 20_000; i++) logger.info("line", { i });
    ${body}`;
  const run = (body: string) =>
    spawn(process.execPath, ["--disable-warning=ExperimentalWarning", "--input-type=module", "-e", script(body)]);

  it("that flushes before its end loses no line on a pipe", async () => {
    const child = run("await logger.flush(); process.exit(0);");

    const [output, [code]] = await Promise.all([text(child.stdout), once(child, "exit")]);

    expect(code).toBe(0);
    expect(output.split("\n")).toHaveLength(20_001);
  });

  it("survives a reader that exits", async () => {
    const child = run(
      "await new Promise((r) => setTimeout(r, 50)); logger.info('more'); await logger.flush(); process.exit(7);",
    );
    child.stdout.destroy();

    const [errors, [code]] = await Promise.all([text(child.stderr), once(child, "exit")]);

    expect(errors).toBe("");
    expect(code).toBe(7);
  });
});
