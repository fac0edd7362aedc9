import { messageOf } from "../../../model/errors.ts";
import { openStateDir } from "../state-dir.ts";

/** Locks a state folder until it is killed: `node state-dir.fixture.ts <folder>` prints `held`, or why not. */
try {
  openStateDir(process.argv[2]!);
  process.stdout.write("held\n");
  process.stdin.resume();
} catch (error) {
  process.stdout.write(`${messageOf(error)}\n`);
}
