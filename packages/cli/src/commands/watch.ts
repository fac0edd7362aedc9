import type { Instance, InstanceValues } from "@cloud-monitor/client";
import { followStream } from "../follow-stream.ts";
import { formatInstanceValues } from "../format/instance-values.ts";
import type { ListedValues } from "../format/instance-values.ts";
import type { Session } from "../session.ts";
import { checkLabel } from "../options/labels.ts";
import { parseId } from "../options/numbers.ts";
import { each } from "../options/once.ts";
import type { Command, Runner } from "./command.ts";

interface WatchOptions {
  ids: number[];
  label: string[] | undefined;
}

/** The maximum per stream of the API. */
const IDS_MAX = 200;

export function watchCommand(run: Runner): Command<WatchOptions> {
  return {
    command: "watch [ids..]",
    describe: "Show the values of instances as they change",
    builder: (yargs) =>
      yargs
        .positional("ids", {
          type: "string",
          array: true,
          default: [],
          coerce: each("ids", (texts) => texts.map(parseId)),
          describe: `Ids; without any, the first ${IDS_MAX} instances, problems first`,
        })
        .option("label", {
          alias: "l",
          type: "string",
          array: true,
          coerce: each("--label", (pairs) => pairs.map(checkLabel)),
          describe: "Only instances with the label name=value; repeatable",
        })
        .example("$0 watch", "a table that is kept up to date, until Ctrl-C")
        .example("$0 watch 3 4 -o json", "one object per change, for scripts"),
    handler: (options) => run(options, (session) => watch(session, options)),
  };
}

async function watch(session: Session, options: WatchOptions): Promise<void> {
  const { printer, stdout } = session;
  const instances = await instancesOf(session, options);
  if (instances.length === 0) return printer.remark("no such instances");
  const isTable = printer.output === "table" && stdout.isTTY === true;
  const current = new Map<number, InstanceValues>();
  let linesShown = 0;
  const values = instances.map(({ id }) => id);
  for await (const message of followStream(session, { events: false, values })) {
    if (message.type !== "values") continue;
    const changed = listed(instances, new Map(message.values.map((one) => [one.instanceId, one])));
    for (const one of message.values) current.set(one.instanceId, one);
    if (!isTable) {
      for (const one of changed) printer.streamed(one.values, () => withoutHeader(formatInstanceValues([one], stdout)));
      continue;
    }
    const lines = formatInstanceValues(listed(instances, current), stdout)
      .split("\n")
      .slice(0, rowsOf(stdout) - 1);
    stdout.write(`${upAndClear(linesShown)}${lines.join("\n")}\n`);
    linesShown = lines.length;
  }
}

async function instancesOf({ client, printer }: Session, { ids, label }: WatchOptions): Promise<readonly Instance[]> {
  if (ids.length > 0) return Promise.all([...new Set(ids)].slice(0, IDS_MAX).map((id) => client.getInstance(id)));
  const page = await client.listInstances({ sort: "status", limit: IDS_MAX, ...(label && { label }) });
  if (page.nextCursor !== null) printer.remark(`the first ${IDS_MAX} instances, problems first`);
  return page.items;
}

function listed(instances: readonly Instance[], values: ReadonlyMap<number, InstanceValues>): ListedValues[] {
  return instances.flatMap(({ id, name }) => {
    const ofInstance = values.get(id);
    return ofInstance === undefined ? [] : [{ name, values: ofInstance }];
  });
}

function withoutHeader(table: string): string {
  return table.slice(table.indexOf("\n") + 1);
}

function rowsOf(stdout: Session["stdout"]): number {
  return (stdout as { rows?: number }).rows ?? 24;
}

/** Moves to the first of the lines shown before and clears from there (ECMA-48: CUU, ED). */
function upAndClear(lines: number): string {
  return lines === 0 ? "" : `\u001B[${lines}A\u001B[J`;
}
