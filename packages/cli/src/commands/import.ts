import type { NewInstance, Problem } from "@cloud-monitor/client";
import type { Session } from "../session.ts";
import type { Command, Runner } from "./command.ts";
import { EXIT, type ExitCode } from "../exit-codes.ts";
import { formatTable } from "../format/table.ts";
import { importedInstances } from "../import/imported-instances.ts";
import { readPrometheusConfig } from "../import/scrape-config.ts";

/** About 300 KB of JSON: far below the limit of 4 MiB. */
const CHUNK = 1000;

interface ImportOptions {
  file: string;
  "dry-run": boolean | undefined;
}

export function importCommand(run: Runner): Command<ImportOptions> {
  return {
    command: "import <file>",
    describe: "Add the targets of a Prometheus configuration",
    builder: (yargs) =>
      yargs
        .positional("file", { type: "string", demandOption: true, describe: "The configuration: prometheus.yml" })
        .option("dry-run", { type: "boolean", describe: "Show what would be added, without adding it" })
        .example("$0 import /etc/prometheus/prometheus.yml --dry-run", "what would be added, and what cannot"),
    handler: (options) => run(options, (session) => importTargets(session, options)),
  };
}

async function importTargets(session: Session, { file, "dry-run": isDryRun }: ImportOptions): Promise<ExitCode> {
  const { client, printer } = session;
  const config = readPrometheusConfig(file);
  const { instances, leftOut } = importedInstances(config.targets);
  const notCarried = [...config.leftOut, ...leftOut];
  if (isDryRun === true) {
    printer.data(instances, () => formatTargets(instances));
  } else {
    const { added, known, refused } = await addAll(client, instances);
    printer.data({ added, known, refused: refused.length }, () => `added ${added}, ${known} were there before\n`);
    notCarried.push(...refused);
  }
  for (const each of notCarried) printer.remark(`not carried over: ${each}`);
  return notCarried.length === 0 ? EXIT.ok : EXIT.failure;
}

interface Outcome {
  readonly added: number;
  /** Their names exist: an import that is repeated adds what is new. */
  readonly known: number;
  readonly refused: readonly string[];
}

async function addAll(client: Session["client"], instances: readonly NewInstance[]): Promise<Outcome> {
  const refused: string[] = [];
  let added = 0;
  let known = 0;
  for (let at = 0; at < instances.length; at += CHUNK) {
    const chunk = instances.slice(at, at + CHUNK);
    const { results } = await client.addInstances(chunk);
    for (const [index, result] of results.entries()) {
      if (!("problem" in result)) added++;
      else if (result.problem.code === "INSTANCE_NAME_TAKEN") known++;
      else refused.push(`${chunk[index]!.name}: ${reasonOf(result.problem)}`);
    }
  }
  return { added, known, refused };
}

function reasonOf({ detail, errors = [] }: Problem): string {
  const fields = errors.map((error) => `${error.pointer.slice(1)} ${error.detail}`).join("; ");
  return fields === "" ? detail : fields;
}

function formatTargets(instances: readonly NewInstance[]): string {
  return formatTable<NewInstance>(
    [
      { title: "NAME", text: ({ name }) => name },
      { title: "INTERVAL", text: ({ interval }) => (interval === undefined ? "-" : `${interval}s`), align: "right" },
      { title: "TARGET", text: ({ target = "" }) => target },
      {
        title: "LABELS",
        text: ({ labels = {} }) =>
          Object.entries(labels)
            .map(([key, value]) => `${key}=${value}`)
            .join(","),
      },
    ],
    instances,
  );
}
