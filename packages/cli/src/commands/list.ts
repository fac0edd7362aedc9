import type { Instance, InstanceKind, InstanceStatus, ListQuery, SortKey } from "@cloud-monitor/client";
import type { Session } from "../session.ts";
import type { Command, Runner } from "./command.ts";
import { formatInstances } from "../format/instances.ts";
import { KINDS, SORTS, STATUSES } from "../options/choices.ts";
import { checkLabel } from "../options/labels.ts";
import { parseWhole } from "../options/numbers.ts";
import { each, once } from "../options/once.ts";
import { UsageError } from "../usage-error.ts";

interface ListOptions {
  status: InstanceStatus | undefined;
  kind: InstanceKind | undefined;
  label: string[] | undefined;
  sort: SortKey | undefined;
  limit: number | undefined;
  quiet: boolean;
}

/** The maximum per request of the API. */
const PAGE_MAX = 1000;

export function listCommand(run: Runner): Command<ListOptions> {
  return {
    command: "list",
    describe: "List instances",
    builder: (yargs) =>
      yargs
        .option("status", { choices: STATUSES, describe: "Only instances with this status" })
        .option("kind", { choices: KINDS, describe: "Only instances of this kind" })
        .option("label", {
          alias: "l",
          type: "string",
          array: true,
          coerce: each("--label", (pairs) => pairs.map(checkLabel)),
          describe: "Only instances with the label name=value; repeatable",
        })
        .option("sort", { choices: SORTS, describe: "Order: highest usage first, problems first, else ascending" })
        .option("limit", {
          type: "string",
          coerce: once("--limit", (text) => parseWhole(text, { what: "a number above 0", min: 1, max: 10_000_000 })),
          describe: "Maximum number of instances",
        })
        .option("quiet", { alias: "q", type: "boolean", default: false, describe: "Only the ids, one per line" })
        .example("$0 list --status down", "instances that are down")
        .example("$0 list -l zone=fr-par-1 -o json", "one zone, for scripts")
        .example("$0 remove $($0 list -q -l fleet=demo)", "all with this label"),
    handler: (options) => run(options, (session) => list(session, options)),
  };
}

async function list({ client, clock, printer, stdout }: Session, options: ListOptions): Promise<void> {
  if (options.quiet && printer.output !== "table")
    throw new UsageError(`use either -q (ids only) or -o ${printer.output} (whole instances), not both`);
  const instances: Instance[] = [];
  const limit = options.limit ?? Infinity;
  for await (const instance of client.eachInstance(queryOf(options))) {
    instances.push(instance);
    if (instances.length >= limit) break;
  }
  if (options.quiet) return void stdout.write(instances.map(({ id }) => `${id}\n`).join(""));
  printer.data(instances, () => formatInstances(instances, stdout, clock.wallMs()));
  if (instances.length === 0) printer.remark("no such instances; `cloudctl add <name> <ip>` adds one");
}

function queryOf({ status, kind, label, sort, limit }: ListOptions): Omit<ListQuery, "cursor"> {
  return {
    ...(status && { status }),
    ...(kind && { kind }),
    ...(label && { label }),
    ...(sort && { sort }),
    limit: Math.min(limit ?? PAGE_MAX, PAGE_MAX),
  };
}
