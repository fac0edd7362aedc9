import { parseCommandLine } from "../config/sources/command-line.ts";
import { formatProblems } from "../config/format-problems.ts";
import { helpText } from "../config/help-text.ts";
import { loadConfig } from "../config/load-config.ts";
import type { LoadedConfig } from "../config/loaded-config.ts";
import { showConfig } from "../config/show-config.ts";
import { sleep } from "../model/clock.ts";
import { isCloudMonitorError, messageOf } from "../model/errors.ts";
import { systemClock } from "../platform/system-clock.ts";
import { VERSION } from "../version.ts";
import { checkStaticLabels } from "./check-static-labels.ts";
import { daemonize } from "./process/daemonize.ts";
import { exitCodeOf } from "./process/exit-code.ts";
import type { ExitCode } from "./process/exit-code.ts";
import { isJournalStream } from "./logging/journal-stream.ts";
import type { ProcessContext } from "./process/process-context.ts";
import { READY_FD_VARIABLE, reportFailure } from "./process/ready-pipe.ts";
import { serve } from "./serve.ts";

const PRINT_MAX_MS = 1_000;

/** Executes the command line. Resolves to the exit code; never rejects. */
export async function run(context: ProcessContext): Promise<number> {
  // A closed terminal or a full disk makes writes fail; there is nowhere left to report it.
  for (const stream of [context.stdout, context.stderr]) stream.on("error", () => {});
  try {
    return await act(context);
  } catch (error) {
    const text = isCloudMonitorError(error) ? formatProblems(error) : messageOf(error);
    const readyFd = context.env[READY_FD_VARIABLE];
    // The parent of `--daemon` prints it: standard error is the log file, perhaps that of a running daemon.
    if (readyFd !== undefined) reportFailure(Number(readyFd), text);
    else await print(context.stderr, asErrors(context, `cloud-monitor: ${text}\n`));
    return exitCodeOf(error);
  }
}

async function act(context: ProcessContext): Promise<number> {
  const { argv, env, cwd, stdout } = context;
  const { action } = parseCommandLine(argv);
  if (action === "help") return print(stdout, `${helpText()}\n`);
  if (action === "version") return print(stdout, `cloud-monitor ${VERSION}\n`);
  const load = async () => {
    const loaded = await loadConfig({ argv, env, cwd });
    checkStaticLabels(loaded);
    return loaded;
  };
  const loaded = await load();
  switch (action) {
    case "check-config":
      return print(stdout, "the configuration is valid\n");
    case "show-config":
      return print(stdout, `${showConfig(loaded)}\n`);
    case "run":
      return isParent(context, loaded) ? detach(context, loaded) : serve(context, loaded, load);
    default: {
      const unreachable: never = action;
      throw new Error(`no such action: ${String(unreachable)}`);
    }
  }
}

/** True in the process that got `--daemon`, false in the one that it starts. */
function isParent({ env }: ProcessContext, { config }: LoadedConfig): boolean {
  return config.process.daemonize && env[READY_FD_VARIABLE] === undefined;
}

async function detach(context: ProcessContext, { config }: LoadedConfig): Promise<number> {
  const { exitCode, message } = await daemonize({
    script: context.script,
    args: context.argv,
    environment: context.env,
    logFile: config.process.logFile,
    clock: systemClock,
  });
  await print(exitCode === 0 ? context.stdout : context.stderr, `cloud-monitor: ${message}\n`);
  return exitCode;
}

/** For journald each line begins with its priority (sd-daemon(3)), so that `journalctl -p err` shows it. */
function asErrors({ env }: ProcessContext, text: string): string {
  return isJournalStream(env["JOURNAL_STREAM"], 2) ? text.replace(/^(?=.)/gm, "<3>") : text;
}

/** Resolves when the text has been written, since buffered output is lost at exit, or when there is no reader. */
async function print(stream: NodeJS.WriteStream, text: string): Promise<ExitCode> {
  const written = new Promise<void>((resolve) => stream.write(text, () => resolve()));
  await Promise.race([written, sleep(systemClock, PRINT_MAX_MS)]);
  return 0;
}
