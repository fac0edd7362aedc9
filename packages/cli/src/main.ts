import { setTimeout as sleep } from "node:timers/promises";
import { runCli } from "./cli.ts";

const interruption = new AbortController();
// Not once: a terminal's Ctrl-C arrives two or three times, and the second would kill before the last words are out.
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => interruption.abort());

// The reader has gone (`cloudctl list | head`) or the disk is full: nothing more can be said on stdout.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") process.stderr.write(`cloudctl: stdout cannot be written: ${error.message}\n`);
  process.exit(error.code === "EPIPE" ? 0 : 1);
});

process.exitCode = await runCli(process.argv.slice(2), {
  env: process.env,
  stdout: process.stdout,
  stderr: process.stderr,
  clock: { wallMs: () => Date.now(), sleep: (ms, signal) => sleep(ms, undefined, { signal }) },
  signal: interruption.signal,
});
