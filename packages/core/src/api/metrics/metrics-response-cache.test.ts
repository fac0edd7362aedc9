import { gunzipSync } from "node:zlib";
import { describe, expect, test } from "@jest/globals";
import { ManualClock } from "../../model/testing/manual-clock.ts";
import { MetricsResponseCache } from "./metrics-response-cache.ts";

const PLAIN = { format: "text" } as const;
const PIECE = "x".repeat(64 * 1024);

/** Responses of `pieces` pieces; each rendering waits for `release`. */
function setUp({ pieces = 1, cacheTtlMs = 1_000, hold = false } = {}) {
  const clock = new ManualClock();
  const state = { rendered: 0, turns: 0 };
  const gate = Promise.withResolvers<void>();
  async function* page() {
    for (let i = 0; i < pieces; i++) yield pieces === 1 ? `page ${state.rendered}\n` : PIECE;
  }
  const render = async () => {
    state.rendered++;
    if (hold) await gate.promise;
    return page();
  };
  const yieldToLoop = async () => void state.turns++;
  const bodies = new MetricsResponseCache({ source: { render }, clock, yieldToLoop, cacheTtlMs: () => cacheTtlMs });
  return { bodies, clock, state, release: gate.resolve };
}

describe.each([
  ["a page of one piece", 1],
  ["a page of 2.5 MiB", 40],
])("%s", (_words, pieces) => {
  test("is rendered once for all concurrent requests, and compressed once", async () => {
    const { bodies, state, release } = setUp({ pieces, hold: true });

    const asked = [false, false, true, true].map((compressed) => bodies.body(PLAIN, compressed));
    release();
    const [first, second, zipped, zippedAgain] = await Promise.all(asked);

    expect(state.rendered).toBe(1);
    expect(second).toBe(first);
    expect(gunzipSync(zipped!).equals(first!)).toBe(true);
    expect(zippedAgain).toBe(zipped);
  });

  test("is served again for 100 ms, then rendered again, and not kept longer", async () => {
    const { bodies, clock, state } = setUp({ pieces });

    await bodies.body(PLAIN, false);
    clock.advance(99);
    await bodies.body(PLAIN, false);
    expect(state.rendered).toBe(1);
    clock.advance(1);
    await bodies.body(PLAIN, false);

    expect(state.rendered).toBe(2);
    clock.advance(100);
    expect(clock.pending).toBe(0);
  });

  test("is rendered each time if caching is disabled", async () => {
    const { bodies, state } = setUp({ pieces, cacheTtlMs: 0 });

    await bodies.body(PLAIN, false);
    await bodies.body(PLAIN, false);

    expect(state.rendered).toBe(2);
  });
});

test("a page is not served for another choice of collectors or another format", async () => {
  const { bodies, state } = setUp();

  await bodies.body({ ...PLAIN, collect: new Set(["cpu"]) }, false);
  await bodies.body({ ...PLAIN, exclude: new Set(["cpu"]) }, false);
  await bodies.body({ format: "openmetrics" }, false);

  expect(state.rendered).toBe(3);
});

test("a large page is whole, and the loop turns between its megabytes", async () => {
  const { bodies, state } = setUp({ pieces: 80 });

  const body = await bodies.body(PLAIN, false);

  expect(String(body)).toBe(PIECE.repeat(80));
  expect(state.turns).toBe(5);
});

describe("renderings at once", () => {
  const CHOICES = ["a", "b", "c", "d"].map((name) => ({ ...PLAIN, collect: new Set([name]) }));

  test("are four; the fifth is refused, and another one is possible when one has ended", async () => {
    const { bodies, state, release } = setUp({ hold: true });
    const running = CHOICES.map((choice) => bodies.body(choice, false));

    await expect(bodies.body(PLAIN, false)).rejects.toMatchObject({ code: "TOO_BUSY" });
    release();
    await Promise.all(running);
    await bodies.body(PLAIN, false);

    expect(state.rendered).toBe(5);
  });

  test("end with the page, however long its readers take", async () => {
    const { bodies } = setUp({ pieces: 40, cacheTtlMs: 0 });

    const unread = await Promise.all(CHOICES.map((choice) => bodies.body(choice, true)));
    const next = await bodies.body(PLAIN, true);

    expect([...unread, next].map((body) => gunzipSync(body).length)).toEqual(Array(5).fill(40 * PIECE.length));
  });

  test("are released by a failed rendering", async () => {
    const render = async () => {
      throw new Error("no page");
    };
    const clock = new ManualClock();
    const bodies = new MetricsResponseCache({
      source: { render },
      clock,
      yieldToLoop: async () => {},
      cacheTtlMs: () => 0,
    });

    for (let i = 0; i < 10; i++) await expect(bodies.body(PLAIN, false)).rejects.toThrow("no page");
  });
});
