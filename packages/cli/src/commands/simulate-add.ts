import type { NewInstance, Problem } from "@cloud-monitor/client";
import type { Session } from "../session.ts";
import { demoFleet, type FleetOptions } from "../demo-fleet.ts";
import { EXIT, type ExitCode } from "../exit-codes.ts";
import { formatFields } from "../format/fields.ts";
import { parseLabels } from "../options/labels.ts";
import { Progress } from "../progress.ts";

/** About 200 KB of JSON: the progress bar moves, and a request is far below the limit of 4 MiB. */
const CHUNK = 1000;

export type NewFleet = Omit<FleetOptions, "labels"> & { label: string };

/** Adds `count` instances with names that the fleet does not have yet; stops after a request with refusals. */
export async function addFleet(session: Session, count: number, fleet: NewFleet): Promise<ExitCode> {
  const { client, printer, stderr } = session;
  const free = freeInstances(fleet, await namesWith(session, fleet.label));
  const progress = new Progress(stderr, count);
  const refused: Problem[] = [];
  let added = 0;
  try {
    for (let asked = 0; asked < count && refused.length === 0; asked += CHUNK) {
      progress.show(added);
      const answer = await client.addInstances(take(free, Math.min(CHUNK, count - asked)));
      added += answer.created;
      refused.push(...answer.results.flatMap((result) => ("problem" in result ? [result.problem] : [])));
    }
  } catch (error) {
    progress.clear();
    printer.remark(`${added} were added; \`cloudctl simulate --remove --label ${fleet.label}\` removes them`);
    throw error;
  }
  progress.clear();
  const result = { added, refused: refused.length, label: fleet.label };
  printer.data(result, () => formatFields(Object.entries(result).map(([name, value]) => [name, String(value)])));
  for (const problem of refused.slice(0, 3)) printer.remark(`refused: ${problem.detail}`);
  return refused.length === 0 ? EXIT.ok : EXIT.failure;
}

async function namesWith({ client }: Session, label: string): Promise<ReadonlySet<string>> {
  const names = new Set<string>();
  for await (const { name } of client.eachInstance({ label: [label], limit: 1000 })) names.add(name);
  return names;
}

function* freeInstances(fleet: NewFleet, taken: ReadonlySet<string>): Generator<NewInstance, void, undefined> {
  for (const instance of demoFleet({ ...fleet, labels: parseLabels([fleet.label]) })) {
    if (!taken.has(instance.name)) yield instance;
  }
}

function take(instances: Generator<NewInstance, void, undefined>, count: number): NewInstance[] {
  const taken: NewInstance[] = [];
  while (taken.length < count) {
    const { value } = instances.next();
    if (value) taken.push(value);
  }
  return taken;
}
