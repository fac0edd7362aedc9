import { systemClock } from "../../../platform/system-clock.ts";
import { reportFailure, reportReady } from "../ready-pipe.ts";

/** A daemon that does what its argument says: `serve` for a minute, `refuse` with a reason and exit code 2, `crash`. */
const READY_FD = 3;
const behaviour = process.argv[2];
process.stdout.write(`${behaviour}\n`);
if (behaviour === "serve") {
  reportReady(READY_FD);
  systemClock.after(60_000, () => {});
} else if (behaviour === "refuse") {
  reportFailure(READY_FD, "the port is taken");
  process.exitCode = 2;
} else {
  process.kill(process.pid, "SIGKILL");
}
