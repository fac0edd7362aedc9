import type { DiscoverySource } from "@cloud-monitor/client";
import type { Session } from "../session.ts";
import type { Command, Runner } from "./command.ts";
import { EXIT, type ExitCode } from "../exit-codes.ts";
import { printable } from "../format/printable.ts";
import { formatTable } from "../format/table.ts";
import { UsageError } from "../usage-error.ts";

const ACTIONS = ["list", "accept"] as const;

interface DiscoveryOptions {
  action: (typeof ACTIONS)[number];
  source: string | undefined;
}

export function discoveryCommand(run: Runner): Command<DiscoveryOptions> {
  return {
    command: "discovery [action] [source]",
    describe: "Show the sources of instances, or apply a change that one of them holds",
    builder: (yargs) =>
      yargs
        .positional("action", { choices: ACTIONS, default: "list" as const, describe: "What to do" })
        .positional("source", { type: "string", describe: "Whose change is accepted, as listed" })
        .example("$0 discovery", "the sources, their problems, and what they hold")
        .example("$0 discovery accept file", "apply a change that removes many instances"),
    handler: (options) => run(options, (session) => discovery(session, options)),
  };
}

async function discovery({ client, printer }: Session, { action, source }: DiscoveryOptions): Promise<ExitCode> {
  if (action === "accept" && source === undefined) {
    throw new UsageError("discovery accept needs a source, such as `cloudctl discovery accept file`");
  }
  const items = action === "accept" ? [await client.acceptDiscovery(source!)] : (await client.discovery()).items;
  printer.data(items, () => formatSources(items));
  if (items.length === 0) printer.remark("no source of instances is configured; INSTANCES_FILE names a file");
  return EXIT.ok;
}

function formatSources(items: readonly DiscoverySource[]): string {
  const table = formatTable<DiscoverySource>(
    [
      { title: "SOURCE", text: ({ name }) => name },
      { title: "INSTANCES", text: ({ instances }) => String(instances), align: "right" },
      { title: "LAST SUCCESS", text: ({ lastSuccess }) => lastSuccess ?? "-" },
      { title: "HELD", text: ({ held }) => (held === null ? "-" : `+${held.added} ~${held.changed} -${held.removed}`) },
      { title: "LOCATION", text: ({ location }) => location },
    ],
    items,
  );
  return (
    table +
    items
      .flatMap(notesOn)
      .map((note) => `${printable(note)}\n`)
      .join("")
  );
}

function notesOn({ name, problems, skipped }: DiscoverySource): string[] {
  const taken = skipped.length === 0 ? [] : [`${name}: skipped, others have their names: ${skipped.join(", ")}`];
  return [...problems.map((problem) => `${name}: ${problem}`), ...taken];
}
