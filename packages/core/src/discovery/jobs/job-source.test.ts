import { beforeEach, describe, expect, test } from "@jest/globals";
import type { DiscoveryJob, TargetGroup } from "../../model/discovery-jobs.ts";
import { RELABEL_DEFAULTS } from "../../model/discovery-jobs.ts";
import type { ErrorDetail } from "../../model/errors.ts";
import type { NewInstance } from "../../model/instance.ts";
import { BUILT_IN_MODULES } from "../../model/target-definitions.ts";
import { yieldToLoop } from "../../platform/system-clock.ts";
import type { FinderListener, TargetFinder } from "../finders/target-finder.ts";
import { JobSource } from "./job-source.ts";

const JOB: DiscoveryJob = {
  name: "web",
  kind: "scrape",
  module: null,
  profile: null,
  intervalSeconds: null,
  scheme: "http",
  metricsPath: "/metrics",
  params: {},
  relabelConfigs: [],
  finders: [],
};

class ManualFinder implements TargetFinder {
  readonly location = "somewhere";
  listener: FinderListener | null = null;
  stopped = false;
  problem: string | null = null;

  start(listener: FinderListener): void {
    this.listener = listener;
  }

  async look(): Promise<readonly TargetGroup[]> {
    if (this.problem !== null) throw new Error(this.problem);
    return [{ targets: ["now:1", "no address"], labels: {} }];
  }

  stop(): void {
    this.stopped = true;
  }
}

let finders: ManualFinder[];
let found: { instances: readonly NewInstance[]; problems: readonly ErrorDetail[] }[];
let failures: (readonly ErrorDetail[])[];
let confirmations: number;
let source: JobSource;
let yieldToLoopOfSource: () => Promise<void>;

function start(job: Partial<DiscoveryJob> = {}, count = 1): void {
  finders = Array.from({ length: count }, () => new ManualFinder());
  source = new JobSource({
    job: { ...JOB, ...job },
    finders,
    rules: () => ({
      targets: { allowLoopback: false, ownPort: 8080 },
      definitions: { profiles: {}, modules: BUILT_IN_MODULES },
    }),
    defaultInterval: () => 5,
    yieldToLoop: () => yieldToLoopOfSource(),
  });
  source.start({
    found: (instances, problems = []) => found.push({ instances, problems }),
    confirmed: () => confirmations++,
    failed: (problems) => failures.push(problems),
  });
}

beforeEach(() => {
  found = [];
  failures = [];
  confirmations = 0;
  yieldToLoopOfSource = async () => {};
  start();
});

/** What the listener was told last, once everything is computed. */
async function after(...groups: readonly TargetGroup[]) {
  finders[0]!.listener!.found(groups);
  await turns();
  return found.at(-1)!;
}

async function turns(): Promise<void> {
  for (let i = 0; i < 5; i++) await yieldToLoop();
}

function group(targets: readonly string[], labels: Record<string, string> = {}): TargetGroup {
  return { targets, labels };
}

const names = (instances: readonly NewInstance[]) => instances.map(({ name }) => name);

describe("targets become instances", () => {
  test("named after job and address, with URL, interval and labels", async () => {
    const { instances, problems } = await after(group(["10.0.0.5:9100"], { zone: "a", Env: "prod", name: "x" }));

    expect(problems).toEqual([]);
    expect(instances).toEqual([
      {
        name: "web/10.0.0.5:9100",
        ip: "10.0.0.5",
        interval: 5,
        kind: "scrape",
        target: "http://10.0.0.5:9100/metrics",
        profile: null,
        module: null,
        labels: { zone: "a", env: "prod", exported_name: "x" },
        simulation: null,
        source: "discovery:web",
      },
    ]);
  });

  test("equal targets are one; those that differ only in labels are told apart by a hash", async () => {
    const same = await after(group(["a:1", "a:1"]), group(["a:1"]));
    const different = await after(group(["a:1"], { x: "1" }), group(["a:1"], { x: "2" }), group(["a:1"], { x: "1" }));

    expect(names(same.instances)).toEqual(["web/a:1"]);
    expect(names(different.instances)).toEqual([
      expect.stringMatching(/^web\/a:1#[0-9a-f]{8}$/),
      expect.stringMatching(/^web\/a:1#[0-9a-f]{8}$/),
    ]);
    expect(new Set(names(different.instances)).size).toBe(2);
  });

  test("a label may have the name of something that every object has", async () => {
    const [instance] = (await after(group(["a:1"], { constructor: "x" }))).instances;

    expect(instance!.labels).toEqual({ constructor: "x" });
  });

  test("a path of their own is in their names", async () => {
    const { instances } = await after(group(["a:1"]), group(["a:1"], { __metrics_path__: "/other", __param_x: "1" }));

    expect(names(instances)).toEqual(["web/a:1", "web/a:1 /other?x=1"]);
  });

  test("of a probe, the target is what the module takes", async () => {
    const targetOf = async (module: string | null) => {
      start({ kind: "probe", module });
      return (await after(group(["shop.example.com:443"]))).instances[0]!.target;
    };

    expect(await targetOf(null)).toBe("http://shop.example.com:443/metrics");
    expect(await targetOf("tcp_connect")).toBe("shop.example.com:443");
    expect(await targetOf("icmp")).toBe("shop.example.com");
  });

  test.each([
    [group(["no address"]), "no address is no host or host:port"],
    [group(["169.254.169.254:80"]), "must be where the daemon may connect to"],
    [group(["127.0.0.1:9100"]), "TARGETS_ALLOW_LOOPBACK"],
    [group(["a:1"], { text: "a\nb" }), "a character that is not allowed, U+000A"],
    [group(["a:1"], { text: "x".repeat(300) }), "more than 256 characters"],
    [group(["a:1"], { text: "\u202Eabc" }), "U+202E"],
    [group(["a:1"], Object.fromEntries(Array.from({ length: 17 }, (_, i) => [`l${i}`, "x"]))), "17 labels"],
    [group(["a:1"], { zone: "1", Zone: "2" }), "two labels are named zone"],
    [group(["a:1"], { "": "1" }), 'the label "" cannot be kept'],
  ])("what can be none is reported, and the others are instances", async (bad, message) => {
    const { instances, problems } = await after(bad, group(["good:1"]));

    expect(names(instances)).toEqual(["web/good:1"]);
    expect(problems).toEqual([{ where: "web", message: expect.stringContaining(message) }]);
  });

  test("those that relabelling drops are shown, with what was known of them", async () => {
    start({ relabelConfigs: [{ ...RELABEL_DEFAULTS, action: "keep", sourceLabels: ["zone"], regex: "a" }] });
    await after(group(["a:1"], { zone: "a" }), group(["b:1"], { zone: "b" }));

    expect(names(found.at(-1)!.instances)).toEqual(["web/a:1"]);
    expect(await source.targets(10)).toMatchObject([
      { target: { url: "http://a:1/metrics" } },
      { target: null, discovered: { __address__: "b:1", zone: "b", job: "web" } },
    ]);
    expect(await source.targets(1)).toHaveLength(1);
  });
});

describe("several finders", () => {
  test("are one set, which is complete only when each has found something once", async () => {
    start({}, 2);
    finders[0]!.listener!.found([group(["a:1"])]);
    finders[1]!.listener!.failed("away");
    await turns();
    const before = found.length;
    finders[1]!.listener!.found([group(["b:1"])]);
    await turns();

    expect(before).toBe(0);
    expect(failures).toEqual([[{ where: "somewhere", message: "away" }]]);
    expect(names(found.at(-1)!.instances)).toEqual(["web/a:1", "web/b:1"]);
  });

  test("of one that fails, what it found before stays; the same failure is reported once", async () => {
    start({}, 2);
    finders[0]!.listener!.found([group(["a:1"])]);
    finders[1]!.listener!.found([group(["b:1"])]);
    await turns();
    finders[1]!.listener!.failed("away");
    finders[1]!.listener!.failed("away");
    await turns();
    finders[0]!.listener!.found([group(["a:2"])]);
    await turns();

    expect(names(found.at(-1)!.instances)).toEqual(["web/a:2", "web/b:1"]);
    expect(found.at(-1)!.problems).toEqual([{ where: "somewhere", message: "away" }]);
    expect(failures).toHaveLength(1);
    finders[1]!.listener!.confirmed();
    await turns();
    expect(found.at(-1)!.problems).toEqual([]);
  });
});

test("a group that did not change is not computed again, until the rules are others", async () => {
  const same = group(["a:1"]);
  const [one] = (await after(same)).instances;
  const [again] = (await after(same, group(["b:1"]))).instances;
  source.recheck();
  await turns();

  expect(again).toBe(one);
  expect(found.at(-1)!.instances[0]).not.toBe(one);
  expect(found.at(-1)!.instances[0]).toEqual(one);
});

test("of a large group in which targets changed, the others are not computed again, those with other labels are", async () => {
  const addresses = Array.from({ length: 200 }, (_, i) => `h${i}:1`);
  const before = (await after(group(addresses))).instances;
  const { instances } = await after(group(["new:1", ...addresses.slice(1)]));
  const others = (await after(group(addresses, { zone: "a" }))).instances;

  expect(names(instances)).toEqual(["web/new:1", ...names(before).slice(1)]);
  expect(instances.slice(1).every((instance, index) => instance === before[index + 1])).toBe(true);
  expect(others.every(({ labels }) => labels?.["zone"] === "a")).toBe(true);
});

test("what was being computed when the rules changed is computed again", async () => {
  const waiting: (() => void)[] = [];
  yieldToLoopOfSource = () => new Promise((resolve) => waiting.push(resolve));
  start();
  finders[0]!.listener!.found([group(Array.from({ length: 200 }, (_, i) => `h${i}:1`))]);
  await turns();
  source.recheck();
  waiting.shift()!();
  await turns();
  waiting.shift()!();
  await turns();

  expect(found).toHaveLength(2);
  expect(found[1]!.instances[0]).not.toBe(found[0]!.instances[0]);
});

test("a look asks every finder anew, and tells nobody", async () => {
  start({}, 2);
  finders[1]!.problem = "away";
  const partly = await source.look();
  finders[1]!.problem = null;
  const whole = await source.look();

  expect(partly).toMatchObject({ targets: 2, isComplete: false });
  expect(partly.problems).toEqual(["somewhere: away", "no address is no host or host:port"]);
  expect(names(whole.instances)).toEqual(["web/now:1"]);
  expect(whole).toMatchObject({ targets: 4, isComplete: true });
  expect(found).toEqual([]);
});

test("passes on that nothing changed, and stops its finders", async () => {
  await after(group(["a:1"]));
  finders[0]!.listener!.confirmed();
  source.stop();

  expect(confirmations).toBe(1);
  expect(finders[0]!.stopped).toBe(true);
});
