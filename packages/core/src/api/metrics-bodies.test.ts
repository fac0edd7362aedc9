import { buffer, text } from "node:stream/consumers";
import type { Readable } from "node:stream";
import { gunzipSync } from "node:zlib";
import { describe, expect, test } from "@jest/globals";
import { ManualClock } from "../model/manual-clock.ts";
import { yieldToLoop } from "../pipeline/system-clock.ts";
import { MetricsBodies } from "./metrics-bodies.ts";

const PLAIN = { format: "text" } as const;
const PIECE = "x".repeat(64 * 1024);

/** Pages of `pieces` pieces; each rendering waits for `release`. */
function setUp({ pieces = 1, cacheTtlMs = 1_000, hold = false } = {}) {
  const clock = new ManualClock();
  const state = { rendered: 0, ended: 0 };
  const gate = Promise.withResolvers<void>();
  async function* page() {
    try {
      for (let i = 0; i < pieces; i++) yield pieces === 1 ? `page ${state.rendered}\n` : PIECE;
    } finally {
      state.ended++;
    }
  }
  const render = async () => {
    state.rendered++;
    if (hold) await gate.promise;
    return page();
  };
  const bodies = new MetricsBodies({ source: { render }, clock, cacheTtlMs: () => cacheTtlMs });
  return { bodies, clock, state, release: gate.resolve };
}

describe("a small page", () => {
  test("is rendered once for all who ask while it is made", async () => {
    const { bodies, state, release } = setUp({ hold: true });

    const asked = [bodies.body(PLAIN, false), bodies.body(PLAIN, false), bodies.body(PLAIN, true)];
    release();
    const [first, second, zipped] = (await Promise.all(asked)) as Buffer[];

    expect(state.rendered).toBe(1);
    expect(second).toBe(first);
    expect(gunzipSync(zipped!)).toEqual(first);
  });

  test("is served again for 100 ms, then made anew", async () => {
    const { bodies, clock } = setUp();

    const bodiesSeen = [await bodies.body(PLAIN, false)];
    clock.advance(99);
    bodiesSeen.push(await bodies.body(PLAIN, false));
    clock.advance(1);
    bodiesSeen.push(await bodies.body(PLAIN, false));

    expect(bodiesSeen.map(String)).toEqual(["page 1\n", "page 1\n", "page 2\n"]);
  });

  test("is made anew each time when pages may not be cached", async () => {
    const { bodies, state } = setUp({ cacheTtlMs: 0 });

    await bodies.body(PLAIN, false);
    await bodies.body(PLAIN, false);

    expect(state.rendered).toBe(2);
  });

  test("is not served for another choice of collectors or another format", async () => {
    const { bodies, state } = setUp();

    await bodies.body({ ...PLAIN, collect: new Set(["cpu"]) }, false);
    await bodies.body({ ...PLAIN, exclude: new Set(["cpu"]) }, false);
    await bodies.body({ format: "openmetrics" }, false);

    expect(state.rendered).toBe(3);
  });
});

describe("a page over 1 MiB", () => {
  test("is streamed to each of its callers, whole", async () => {
    const { bodies, state } = setUp({ pieces: 40 });

    const asked = await Promise.all([bodies.body(PLAIN, false), bodies.body(PLAIN, true)]);
    const plain = await text(asked[0] as Readable);
    const zipped = await buffer(asked[1] as Readable);

    expect(plain).toBe(PIECE.repeat(40));
    expect(gunzipSync(zipped).toString()).toBe(plain);
    expect(state.rendered).toBe(2);
  });

  test("ends with its caller", async () => {
    const { bodies, state } = setUp({ pieces: 1_000 });
    const stream = (await bodies.body(PLAIN, true)) as Readable;

    stream.destroy();
    while (state.ended === 0) await yieldToLoop();

    expect(state.ended).toBe(1);
  });
});

describe("renderings at once", () => {
  test("are four; the fifth is refused, and one more is made when one ended", async () => {
    const { bodies, state, release } = setUp({ hold: true });
    const choices = ["a", "b", "c", "d"].map((name) => ({ ...PLAIN, collect: new Set([name]) }));
    const running = choices.map((choice) => bodies.body(choice, false));

    await expect(bodies.body(PLAIN, false)).rejects.toMatchObject({ code: "TOO_BUSY" });
    release();
    await Promise.all(running);
    await bodies.body(PLAIN, false);

    expect(state.rendered).toBe(5);
  });

  test("are given back by a page that failed", async () => {
    const render = async () => {
      throw new Error("no page");
    };
    const bodies = new MetricsBodies({ source: { render }, clock: new ManualClock(), cacheTtlMs: () => 0 });

    for (let i = 0; i < 10; i++) await expect(bodies.body(PLAIN, false)).rejects.toThrow("no page");
  });
});
