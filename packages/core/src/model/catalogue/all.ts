import { Catalogue } from "./catalogue.ts";
import { DAEMON_METRICS } from "./daemon.ts";
import { FLEET_METRICS } from "./fleet.ts";
import { HOST_METRICS } from "./host.ts";

/** Every family that the daemon may serve. */
export const CATALOGUE = new Catalogue([...HOST_METRICS, ...FLEET_METRICS, ...DAEMON_METRICS]);
