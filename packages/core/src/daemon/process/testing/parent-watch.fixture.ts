import { systemClock } from "../../../platform/system-clock.ts";
import { watchParent } from "../parent-watch.ts";

/** Prints `watching`, then `gone` once the other end of descriptor 3 is closed. */
const cancel = systemClock.after(60_000, () => {});
watchParent(3, () => {
  process.stdout.write("gone\n");
  cancel();
});
process.stdout.write("watching\n");
