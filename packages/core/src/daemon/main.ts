// oxlint-disable-next-line import/no-unassigned-import -- it takes effect before the other modules are loaded
import "./process/no-inspector.ts";
import { endProcess } from "./process/end-process.ts";
import { run } from "./run.ts";

/** The program. The only file that reads the environment and exits the process. */
const code = await run({
  argv: process.argv.slice(2),
  env: process.env,
  cwd: process.cwd(),
  script: process.argv[1]!,
  stdout: process.stdout,
  stderr: process.stderr,
  events: process,
  startedAtMs: performance.timeOrigin,
  exitNow: endProcess,
});
endProcess(code);
