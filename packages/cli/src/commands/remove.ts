import { ApiError } from "@cloud-monitor/client";
import type { Session } from "../session.ts";
import type { Command, Runner } from "./command.ts";
import { EXIT, type ExitCode } from "../exit-codes.ts";
import { explainError, summarize } from "../explain-error.ts";
import { formatTable } from "../format/table.ts";
import { parseId } from "../options/numbers.ts";
import { each } from "../options/once.ts";

interface RemoveOptions {
  id: number[];
}

interface Removal {
  id: number;
  removed: boolean;
  /** Why it was refused. */
  reason: string | null;
}

export function removeCommand(run: Runner): Command<RemoveOptions> {
  return {
    command: "remove <id..>",
    describe: "Remove instances",
    builder: (yargs) =>
      yargs
        .positional("id", {
          type: "string",
          array: true,
          demandOption: true,
          coerce: each("id", (ids) => ids.map(parseId)),
          describe: "Ids, as shown by `cloudctl list`",
        })
        .example("$0 remove 3 4", "two instances"),
    handler: (options) => run(options, (session) => remove(session, options.id)),
  };
}

/** Continues after a refusal; the exit code is that of the first one. */
async function remove({ client, printer }: Session, ids: readonly number[]): Promise<ExitCode> {
  const removals: Removal[] = [];
  let exitCode: ExitCode = EXIT.ok;
  for (const id of ids) {
    const refusal = await refusalOf(client.removeInstance(id));
    removals.push({ id, removed: refusal === null, reason: refusal === null ? null : summarize(refusal.problem) });
    if (refusal !== null && exitCode === EXIT.ok) exitCode = explainError(refusal).exitCode;
  }
  printer.data(removals, () => formatRemovals(removals));
  return exitCode;
}

/** A refusal for one instance; errors that would affect all of them are thrown. */
async function refusalOf(removal: Promise<void>): Promise<ApiError | null> {
  try {
    await removal;
    return null;
  } catch (error) {
    if (error instanceof ApiError && (error.status === 403 || error.status === 404)) return error;
    throw error;
  }
}

function formatRemovals(removals: readonly Removal[]): string {
  return formatTable<Removal>(
    [
      { title: "ID", text: ({ id }) => String(id), align: "right" },
      { title: "RESULT", text: ({ removed, reason }) => (removed ? "removed" : `not removed: ${reason}`) },
    ],
    removals,
  );
}
