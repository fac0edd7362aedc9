import type { DiscoveredTarget, DiscoverySource, DiscoveryTest } from "@cloud-monitor/client";
import type { Session } from "../session.ts";
import type { Command, Runner } from "./command.ts";
import { EXIT, type ExitCode } from "../exit-codes.ts";
import { printable } from "../format/printable.ts";
import { formatFields } from "../format/fields.ts";
import { formatTable } from "../format/table.ts";
import { UsageError } from "../usage-error.ts";

const ACTIONS = ["list", "show", "test", "accept"] as const;

interface DiscoveryOptions {
  action: (typeof ACTIONS)[number];
  source: string | undefined;
}

export function discoveryCommand(run: Runner): Command<DiscoveryOptions> {
  return {
    command: "discovery [action] [source]",
    describe: "Show the sources of instances and what they find, or apply a change that one of them holds",
    builder: (yargs) =>
      yargs
        .positional("action", { choices: ACTIONS, default: "list" as const, describe: "What to do" })
        .positional("source", { type: "string", describe: "What is shown or tested, or whose change is accepted" })
        .example("$0 discovery", "the sources, their problems, and what they hold")
        .example("$0 discovery show web", "the targets of a scrape configuration, and what became of them")
        .example("$0 discovery test web", "ask it now, and say what would change")
        .example("$0 discovery accept file", "apply a change that removes many instances"),
    handler: (options) => run(options, (session) => discovery(session, options)),
  };
}

async function discovery({ client, printer }: Session, { action, source }: DiscoveryOptions): Promise<ExitCode> {
  if (action !== "list" && source === undefined) {
    throw new UsageError(`discovery ${action} needs a source, such as \`cloudctl discovery ${action} web\``);
  }
  if (action === "test") return test({ client, printer }, source!);
  if (action === "show") return show({ client, printer }, source!);
  const items = action === "accept" ? [await client.acceptDiscovery(source!)] : (await client.discovery()).items;
  printer.data(items, () => formatSources(items));
  if (items.length === 0)
    printer.remark("no source of instances is configured; INSTANCES_FILE or DISCOVERY_FILE names one");
  return EXIT.ok;
}

async function show({ client, printer }: Pick<Session, "client" | "printer">, source: string): Promise<ExitCode> {
  const { items } = await client.discoveredTargets(source);
  printer.data(items, () => formatTargets(items));
  if (items.length === 0) printer.remark("it finds no targets now");
  return EXIT.ok;
}

/** The exit code is 1 when something is wrong. */
async function test({ client, printer }: Pick<Session, "client" | "printer">, source: string): Promise<ExitCode> {
  const found = await client.testDiscovery(source);
  printer.data(found, () => formatTest(found));
  return found.problems.length === 0 ? EXIT.ok : EXIT.failure;
}

function formatTest({ added, changed, held, instances, problems, removed, targets }: DiscoveryTest): string {
  const change = `+${added} ~${changed} -${removed}${held ? ", which would wait to be accepted" : ""}`;
  return formatFields([
    ["targets", String(targets)],
    ["instances", String(instances)],
    ["change", change],
    ...problems.map((problem) => ["problem", problem] as const),
  ]);
}

function formatTargets(items: readonly DiscoveredTarget[]): string {
  return formatTable<DiscoveredTarget>(
    [
      { title: "ADDRESS", text: ({ discoveredLabels }) => discoveredLabels["__address__"] ?? "" },
      { title: "URL", text: ({ url }) => url ?? "dropped" },
      { title: "LABELS", text: ({ discoveredLabels, labels }) => labelText(labels ?? discoveredLabels) },
    ],
    items,
  );
}

function labelText(labels: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(labels).filter(([name]) => name !== "__address__");
  return pairs.map(([name, value]) => `${name}=${value}`).join(",");
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

function notesOn({ name, problems, skipped, vanished }: DiscoverySource): string[] {
  const taken = skipped.length === 0 ? [] : [`${name}: skipped, others have their names: ${skipped.join(", ")}`];
  const gone = vanished === 0 ? [] : [`${name}: no longer has ${vanished} of its instances, which stay for a while`];
  return [...problems.map((problem) => `${name}: ${problem}`), ...taken, ...gone];
}
