import type { CliClock } from "./process-context.ts";
import { runCli } from "./cli.ts";

const clock: CliClock = {
  wallMs: () => Date.now(),
  after: (delayMs, task) => {
    const timer = setTimeout(task, delayMs);
    return () => clearTimeout(timer);
  },
};

const interruption = new AbortController();
// Not `once`: a terminal's Ctrl-C arrives two or three times, and the second would kill the process before its last output.
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => interruption.abort());

// The reader has exited (`cloudctl list | head`) or the disk is full: nothing more can be written to stdout.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") process.stderr.write(`cloudctl: stdout cannot be written: ${error.message}\n`);
  process.exit(error.code === "EPIPE" ? 0 : 1);
});

const { env, stdout, stderr } = process;
process.exitCode = await runCli(process.argv.slice(2), { env, stdout, stderr, clock, signal: interruption.signal });
