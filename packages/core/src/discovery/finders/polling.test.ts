import { afterEach, beforeEach, expect, test } from "@jest/globals";
import type { TargetGroup } from "../../model/discovery-jobs.ts";
import { ManualClock } from "../../model/testing/manual-clock.ts";
import { PollingFinder } from "./polling.ts";

const GROUPS: readonly TargetGroup[] = [{ targets: ["a:1"], labels: {} }];
let clock: ManualClock;
let answers: (() => Promise<readonly TargetGroup[] | null>)[];
let asked: number;
let said: string[];
let finder: PollingFinder;

beforeEach(() => {
  clock = new ManualClock();
  answers = [];
  asked = 0;
  said = [];
  finder = new PollingFinder({
    location: "here",
    refreshMs: 30_000,
    find: (signal) => {
      asked++;
      const answer = answers.shift() ?? (async () => null);
      return Promise.race([
        answer(),
        new Promise<never>((_, reject) => signal.addEventListener("abort", () => reject(signal.reason as Error))),
      ]);
    },
    clock,
    random: () => 1,
  });
});

afterEach(() => {
  finder.stop();
  expect(clock.pending).toBe(0);
});

function start(): Promise<void> {
  finder.start({
    found: (groups) => said.push(`found ${groups.length}`),
    confirmed: () => said.push("confirmed"),
    failed: (problem) => said.push(problem),
  });
  return turns();
}

async function turns(): Promise<void> {
  for (let i = 0; i < 20; i++) await Promise.resolve();
}

async function pass(ms: number): Promise<void> {
  clock.advance(ms);
  await turns();
}

test("asks again after the interval, and says when nothing changed", async () => {
  answers = [async () => GROUPS, async () => null, async () => []];
  await start();
  await pass(29_999);
  const before = asked;
  await pass(1);
  await pass(30_000);

  expect(before).toBe(1);
  expect(said).toEqual(["found 1", "confirmed", "found 0"]);
});

test("asks again sooner after a failure, and less and less often", async () => {
  const fail = async () => {
    throw new Error("away");
  };
  answers = [fail, fail, fail, async () => GROUPS];
  await start();
  for (const waitMs of [1_000, 2_000, 4_000]) {
    await pass(waitMs - 1);
    await pass(1);
  }

  expect(said).toEqual(["away", "away", "away", "found 1"]);
});

test("a source that is away for an hour is asked at most at the interval, and loses nothing", async () => {
  answers = [async () => GROUPS, ...Array.from({ length: 1_000 }, () => async () => Promise.reject(new Error("away")))];
  await start();
  for (let second = 0; second < 3_600; second++) await pass(1_000);

  expect(asked).toBeLessThan(130);
  expect(new Set(said)).toEqual(new Set(["found 1", "away"]));
});

test("what does not answer is given up after 30 s", async () => {
  answers = [() => new Promise(() => {})];
  await start();
  await pass(30_000);

  expect(said).toEqual(["there was no answer in 30 s"]);
});

test("a reading that is under way when it stops says nothing", async () => {
  const { promise, resolve } = Promise.withResolvers<readonly TargetGroup[]>();
  answers = [() => promise];
  await start();
  finder.stop();
  resolve(GROUPS);
  await turns();

  expect(said).toEqual([]);
});
