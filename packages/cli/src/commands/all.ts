import type { CommandModule } from "yargs";
import type { GlobalOptions } from "../global-options.ts";
import type { ProcessContext } from "../process-context.ts";
import type { Command, Runner } from "./command.ts";
import { addCommand } from "./add.ts";
import { availabilityCommand } from "./availability.ts";
import { collectorsCommand } from "./collectors.ts";
import { completionCommand } from "./completion.ts";
import { discoveryCommand } from "./discovery.ts";
import { eventsCommand } from "./events.ts";
import { healthCommand } from "./health.ts";
import { historyCommand } from "./history.ts";
import { importCommand } from "./import.ts";
import { listCommand } from "./list.ts";
import { metricsCommand } from "./metrics.ts";
import { removeCommand } from "./remove.ts";
import { simulateCommand } from "./simulate.ts";
import { waitCommand } from "./wait.ts";
import { watchCommand } from "./watch.ts";

/** In the order of `COMMAND_NAMES`. */
export function allCommands(run: Runner, context: ProcessContext): CommandModule<GlobalOptions, never>[] {
  const commands = [
    listCommand(run),
    addCommand(run),
    importCommand(run),
    removeCommand(run),
    metricsCommand(run),
    historyCommand(run),
    watchCommand(run),
    eventsCommand(run),
    availabilityCommand(run),
    waitCommand(run),
    collectorsCommand(run),
    discoveryCommand(run),
    healthCommand(run),
    simulateCommand(run),
    completionCommand(context),
  ];
  return commands as Command<never>[];
}
