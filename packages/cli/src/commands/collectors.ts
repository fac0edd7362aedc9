import type { Collector, CollectorList } from "@cloud-monitor/client";
import type { Session } from "../session.ts";
import type { Command, Runner } from "./command.ts";
import { EXIT, type ExitCode } from "../exit-codes.ts";
import { formatTable } from "../format/table.ts";
import { UsageError } from "../usage-error.ts";

const ACTIONS = ["enable", "disable", "reset"] as const;
type Action = (typeof ACTIONS)[number];

/** What the API is told; null: back to the default. */
const SWITCHED: Readonly<Record<Action, boolean | null>> = { enable: true, disable: false, reset: null };

interface CollectorsOptions {
  action: Action | undefined;
  name: string[];
}

export function collectorsCommand(run: Runner): Command<CollectorsOptions> {
  return {
    command: "collectors [action] [name..]",
    describe: "List the collectors of the daemon's host, or switch some on or off",
    builder: (yargs) =>
      yargs
        .positional("action", {
          choices: ACTIONS,
          describe: "What to do with the named ones; reset: back to the default",
        })
        .positional("name", { type: "string", array: true, default: [], describe: "Names, as listed" })
        .example("$0 collectors", "which run")
        .example("$0 collectors enable tcpstat processes", "also after a restart"),
    handler: (options) => run(options, (session) => collectors(session, options)),
  };
}

async function collectors({ client, printer }: Session, { action, name }: CollectorsOptions): Promise<ExitCode> {
  if (action !== undefined && name.length === 0) {
    throw new UsageError(`collectors ${action} needs names, such as \`cloudctl collectors ${action} tcpstat\``);
  }
  const { items } = await (action === undefined ? client.collectors() : change(client, SWITCHED[action], name));
  const shown = action === undefined ? items : items.filter((one) => name.includes(one.name));
  printer.data(shown, () => formatCollectors(shown));
  return EXIT.ok;
}

function change(client: Session["client"], isOn: boolean | null, names: readonly string[]): Promise<CollectorList> {
  return client.changeCollectors(Object.fromEntries(names.map((name) => [name, isOn])));
}

function formatCollectors(items: readonly Collector[]): string {
  return formatTable<Collector>(
    [
      { title: "NAME", text: ({ name }) => name },
      { title: "RUNS", text: ({ enabled, hung }) => (hung ? "hung" : enabled ? "yes" : "no") },
      { title: "BY", text: ({ origin }) => origin },
      { title: "LAST SUCCESS", text: ({ lastSuccess }) => lastSuccess ?? "-" },
    ],
    items,
  );
}
