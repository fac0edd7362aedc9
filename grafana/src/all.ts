import { DAEMON_DASHBOARD } from "./daemon.ts";
import { FLEET_HISTORY } from "./fleet-history.ts";
import { FLEET } from "./fleet.ts";
import { HOST } from "./host.ts";
import { INSTANCE_HISTORY } from "./instance-history.ts";
import { INSTANCE_DASHBOARD } from "./instance.ts";
import type { Dashboard } from "./model.ts";

/** File name without `.json` -> dashboard. */
export const DASHBOARDS: Readonly<Record<string, Dashboard>> = {
  host: HOST,
  fleet: FLEET,
  instance: INSTANCE_DASHBOARD,
  daemon: DAEMON_DASHBOARD,
  "fleet-history": FLEET_HISTORY,
  "instance-history": INSTANCE_HISTORY,
};
