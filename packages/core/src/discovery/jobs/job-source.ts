import type { DiscoveryJob, TargetGroup } from "../../model/discovery-jobs.ts";
import type { ErrorDetail } from "../../model/errors.ts";
import { messageOf } from "../../model/errors.ts";
import type { NewInstance } from "../../model/instance.ts";
import type { InstanceRules } from "../../fleet/new-instance.ts";
import type { DiscoveryListener, DiscoverySource, SourceLook } from "../discovery-source.ts";
import type { TargetFinder } from "../finders/target-finder.ts";
import { Relabelling } from "../relabel/relabel.ts";
import { instanceOf, withHash } from "./instance-of.ts";
import type { InstanceContext } from "./instance-of.ts";
import { KeptTargets } from "./kept-targets.ts";
import type { Kept, Relabelled } from "./kept-targets.ts";
import { defaultPathOf, discoveredLabels, relabelled } from "./target-of.ts";
import type { DiscoveredTarget, RelabelledTarget } from "./target-of.ts";

export interface JobSourceOptions {
  readonly job: DiscoveryJob;
  readonly finders: readonly TargetFinder[];
  readonly rules: () => InstanceRules;
  /** Seconds. */
  readonly defaultInterval: () => number;
  readonly yieldToLoop: () => Promise<void>;
}

interface Relabel {
  readonly known: KeptTargets;
  readonly rules: Relabelling;
  readonly context: InstanceContext;
}

interface Found {
  readonly groups: readonly TargetGroup[] | null;
  readonly problem: string | null;
}

/** Targets that are relabelled before the event loop gets its turn: a few milliseconds. */
const SLICE = 200;
/** More say nothing new. */
const PROBLEMS_MAX = 20;

/** A scrape configuration: what its finders find, relabelled, as instances. A group that did not change is not relabelled again. */
export class JobSource implements DiscoverySource {
  readonly name: string;
  readonly location: string;
  readonly #options: JobSourceOptions;
  readonly #found: Found[];
  #kept = new KeptTargets();
  /** Targets that were relabelled. */
  #work = 0;
  #rules: Promise<Relabelling> | null = null;
  #listener: DiscoveryListener | null = null;
  #computing: Promise<void> = Promise.resolve();
  #isQueued = false;
  #stopped = false;
  #lastProblems = "[]";

  constructor(options: JobSourceOptions) {
    this.#options = options;
    this.name = options.job.name;
    this.location = options.finders.map(({ location }) => location).join(", ");
    this.#found = options.finders.map(() => ({ groups: null, problem: null }));
  }

  start(listener: DiscoveryListener): void {
    this.#listener = listener;
    this.#options.finders.forEach((finder, index) =>
      finder.start({
        found: (groups) => this.#note(index, { groups, problem: null }),
        confirmed: () => this.#confirm(index),
        failed: (problem) => this.#note(index, { groups: this.#found[index]!.groups, problem }),
      }),
    );
  }

  recheck(): void {
    this.#kept = new KeptTargets();
    this.#queue();
  }

  stop(): void {
    this.#stopped = true;
    for (const finder of this.#options.finders) finder.stop();
  }

  /** What was found, as it was before relabelling and after it; at most `limit`. */
  async targets(limit: number): Promise<readonly RelabelledTarget[]> {
    const { job } = this.#options;
    const rules = await this.#relabelling();
    const all: RelabelledTarget[] = [];
    for (const group of this.#groups()) {
      for (const address of group.targets) {
        if (all.length >= limit) return all;
        all.push(relabelled(job, rules, discoveredLabels(job, address, group.labels)));
      }
    }
    return all;
  }

  /** What it would say now; nothing is applied. */
  async look(): Promise<SourceLook> {
    const looks = await Promise.all(
      this.#options.finders.map((finder) =>
        finder.look().then(
          (groups) => ({ groups, problem: null }),
          (error: unknown) => ({ groups: null, problem: `${finder.location}: ${messageOf(error)}` }),
        ),
      ),
    );
    const groups = looks.flatMap((look) => look.groups ?? []);
    const { instances, refused } = await this.#instances(groups);
    const failed = looks.flatMap(({ problem }) => problem ?? []);
    const targets = groups.reduce((sum, group) => sum + group.targets.length, 0);
    return {
      targets,
      instances,
      problems: [...failed, ...refused].slice(0, PROBLEMS_MAX),
      isComplete: failed.length === 0,
    };
  }

  #confirm(index: number): void {
    const { groups, problem } = this.#found[index]!;
    if (problem === null) this.#listener!.confirmed();
    else this.#note(index, { groups, problem: null });
  }

  #note(index: number, found: Found): void {
    this.#found[index] = found;
    this.#queue();
  }

  /** Computes once for all changes that arrive meanwhile. */
  #queue(): void {
    if (this.#isQueued) return;
    this.#isQueued = true;
    this.#computing = this.#computing.then(async () => {
      this.#isQueued = false;
      if (this.#stopped) return;
      try {
        await this.#compute();
      } catch (error) {
        this.#listener!.failed([{ where: this.name, message: messageOf(error) }]);
      }
    });
  }

  async #compute(): Promise<void> {
    const problems = this.#found.flatMap(({ problem }, index) =>
      problem === null ? [] : [{ where: this.#options.finders[index]!.location, message: problem }],
    );
    // Until every finder has found something once, the set is not complete.
    if (this.#found.every(({ groups }) => groups !== null)) {
      const { instances, refused } = await this.#instances(this.#groups());
      if (this.#stopped) return;
      const ofTargets = refused.map((message) => ({ where: this.name, message }));
      this.#listener!.found(instances, [...problems, ...ofTargets].slice(0, PROBLEMS_MAX));
    }
    this.#fail(problems);
  }

  async #instances(
    groups: readonly TargetGroup[],
  ): Promise<{ instances: readonly NewInstance[]; refused: readonly string[] }> {
    const rules = await this.#relabelling();
    const { job } = this.#options;
    const context: InstanceContext = {
      job,
      rules: this.#options.rules(),
      defaultInterval: this.#options.defaultInterval(),
      defaultPath: defaultPathOf(job),
    };
    // A recheck meanwhile begins with others.
    const known = this.#kept;
    const ofGroups: Relabelled[] = [];
    for (const group of groups)
      ofGroups.push(known.of(group) ?? (await this.#relabel(group, { known, rules, context })));
    known.are(groups, ofGroups);
    return unique(ofGroups.flat().filter((kept) => kept !== null));
  }

  async #relabel(group: TargetGroup, { known, rules, context }: Relabel): Promise<Relabelled> {
    const { job, yieldToLoop } = this.#options;
    const before = known.before(group);
    const all: (Kept | null)[] = [];
    for (const address of group.targets) {
      let kept = before.get(address);
      if (kept === undefined) {
        const { target } = relabelled(job, rules, discoveredLabels(job, address, group.labels));
        kept = target === null ? null : { target, instance: instanceOf(target, context) };
        if (++this.#work % SLICE === 0) await yieldToLoop();
      }
      all.push(kept);
    }
    return all;
  }

  #groups(): readonly TargetGroup[] {
    return this.#found.flatMap(({ groups }) => groups ?? []);
  }

  #relabelling(): Promise<Relabelling> {
    return (this.#rules ??= Relabelling.of(this.#options.job.relabelConfigs));
  }

  /** The same problems of finders are reported once. */
  #fail(problems: readonly ErrorDetail[]): void {
    const text = JSON.stringify(problems);
    if (text === this.#lastProblems) return;
    this.#lastProblems = text;
    if (problems.length > 0) this.#listener!.failed(problems);
  }
}

/** Equal targets are one, as in Prometheus; others with the same name differ in labels, which a hash in the name tells apart. */
function unique(all: readonly Kept[]): { instances: readonly NewInstance[]; refused: readonly string[] } {
  const byName = new Map<string, Kept | Kept[]>();
  const refused: string[] = [];
  for (const kept of all) {
    if (typeof kept.instance === "string") {
      refused.push(kept.instance);
      continue;
    }
    const { name } = kept.instance;
    const same = byName.get(name);
    if (same === undefined) byName.set(name, kept);
    else if (Array.isArray(same)) same.push(kept);
    else byName.set(name, [same, kept]);
  }
  const instances: NewInstance[] = [];
  for (const [name, same] of byName) {
    if (Array.isArray(same)) instances.push(...named(name, same));
    else instances.push(same.instance as NewInstance);
  }
  return { instances, refused };
}

function named(name: string, same: readonly Kept[]): readonly NewInstance[] {
  const different = [...new Map(same.map((kept) => [keyOf(kept.target), kept])).values()];
  if (different.length === 1) return [same[0]!.instance as NewInstance];
  return different.map(({ instance, target }) => ({ ...(instance as NewInstance), name: withHash(name, target) }));
}

function keyOf({ labels, url }: DiscoveredTarget): string {
  return JSON.stringify([url, Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1))]);
}
