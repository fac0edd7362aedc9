import type { Command, Runner } from "./command.ts";
import { PROFILES } from "../options/choices.ts";
import { parseSeconds } from "../options/duration.ts";
import { checkLabel } from "../options/labels.ts";
import { parseWhole } from "../options/numbers.ts";
import { once } from "../options/once.ts";
import { UsageError } from "../usage-error.ts";
import { addFleet } from "./simulate-add.ts";
import { removeFleet } from "./simulate-remove.ts";

interface SimulateOptions {
  count: number | undefined;
  remove: boolean;
  prefix: string;
  interval: number | undefined;
  profile: (typeof PROFILES)[number] | "mix";
  seed: number | undefined;
  label: string;
}

export function simulateCommand(run: Runner): Command<SimulateOptions> {
  return {
    command: "simulate [count]",
    describe: "Add a demo fleet, or remove it",
    builder: (yargs) =>
      yargs
        .positional("count", {
          type: "string",
          coerce: once("count", (text) =>
            parseWhole(text, { what: "a number from 1 to 1000000", min: 1, max: 1_000_000 }),
          ),
          describe: "Number of instances to add",
        })
        .option("remove", { type: "boolean", default: false, describe: "Remove every instance with the fleet's label" })
        .option("prefix", { type: "string", default: "demo", describe: "Prefix of every name" })
        .option("interval", {
          type: "string",
          coerce: once("--interval", parseSeconds),
          describe: "Collection interval, such as 5s; default: the daemon's",
        })
        .option("profile", {
          choices: ["mix", ...PROFILES] as const,
          default: "mix" as const,
          describe: "Daily profile",
        })
        .option("seed", {
          type: "string",
          coerce: once("--seed", (text) =>
            parseWhole(text, { what: "a whole number up to 4294967295", min: 0, max: 2 ** 32 - 1 }),
          ),
          describe: "Seed of the curves; default: derived from each name",
        })
        .option("label", {
          alias: "l",
          type: "string",
          default: "fleet=demo",
          coerce: once("--label", checkLabel),
          describe: "Label name=value that marks the fleet",
        })
        .example("$0 simulate 100", "a hundred instances")
        .example("$0 simulate --remove", "remove it again"),
    handler: (options) => run(options, (session) => simulateOrRemove(session, options)),
  };
}

function simulateOrRemove(session: Parameters<typeof addFleet>[0], { count, remove, ...fleet }: SimulateOptions) {
  if (remove && count !== undefined) throw new UsageError("simulate takes a number or --remove, not both");
  if (remove) return removeFleet(session, fleet.label);
  if (count === undefined)
    throw new UsageError("simulate needs a number of instances, such as `cloudctl simulate 100`");
  return addFleet(session, count, fleet);
}
