import type { ProcessContext } from "../process-context.ts";
import type { Command } from "./command.ts";
import { COMPLETION_SCRIPTS, type Shell, SHELLS } from "../completion/scripts.ts";

export function completionCommand({ stdout }: ProcessContext): Command<{ shell: Shell }> {
  return {
    command: "completion <shell>",
    describe: "Print the completion script of a shell",
    builder: (yargs) =>
      yargs
        .positional("shell", { choices: SHELLS, demandOption: true, describe: "Which shell" })
        .example("source <($0 completion bash)", "in ~/.bashrc"),
    handler: ({ shell }) => void stdout.write(COMPLETION_SCRIPTS[shell]),
  };
}
