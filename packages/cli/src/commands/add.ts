import type { NewInstance, Simulation } from "@cloud-monitor/client";
import type { Session } from "../session.ts";
import type { Command, Runner } from "./command.ts";
import { formatInstances } from "../format/instances.ts";
import { FAULTS, NEW_KINDS, PROFILES } from "../options/choices.ts";
import { parseSeconds } from "../options/duration.ts";
import { parseLabels } from "../options/labels.ts";
import { each, once } from "../options/once.ts";

interface AddOptions {
  name: string;
  ip: string;
  interval: number | undefined;
  kind: NewInstance["kind"];
  target: string | undefined;
  label: Record<string, string> | undefined;
  fault: Simulation["fault"];
  profile: Simulation["profile"];
}

export function addCommand(run: Runner): Command<AddOptions> {
  return {
    command: "add <name> <ip>",
    describe: "Add an instance",
    builder: (yargs) =>
      yargs
        .positional("name", {
          type: "string",
          demandOption: true,
          coerce: once("name", (name) => name),
          describe: "Unique name; after -- it may begin with a dash",
        })
        .positional("ip", {
          type: "string",
          demandOption: true,
          coerce: once("ip", (ip) => ip),
          describe: "Address or host name",
        })
        .option("interval", {
          type: "string",
          coerce: once("--interval", parseSeconds),
          describe: "Collection interval, such as 5s or 1m; default: the daemon's",
        })
        .option("kind", { choices: NEW_KINDS, describe: "Kind of instance; default: simulated" })
        .option("target", {
          type: "string",
          coerce: once("--target", (target) => target),
          describe: "URL of the metrics (scrape only); default: http://<ip>:9100/metrics",
        })
        .option("label", {
          alias: "l",
          type: "string",
          array: true,
          coerce: each("--label", parseLabels),
          describe: "Label name=value; repeatable",
        })
        .option("fault", { choices: FAULTS, describe: "Fault to inject (simulated only)" })
        .option("profile", { choices: PROFILES, describe: "Daily profile (simulated only)" })
        .example("$0 add web-1 10.0.0.1 --interval 5s -l zone=fr-par-1", "a simulated instance")
        .example("$0 add web-2 10.0.0.2 --kind scrape", "a host with node_exporter or cloud-monitor on port 9100"),
    handler: (options) => run(options, (session) => add(session, options)),
  };
}

async function add({ client, printer, stdout }: Session, options: AddOptions): Promise<void> {
  const instance = await client.addInstance(newInstanceOf(options));
  printer.data(instance, () => formatInstances([instance], stdout));
}

function newInstanceOf({ name, ip, interval, kind, target, label, fault, profile }: AddOptions): NewInstance {
  const simulation = { ...(fault && { fault }), ...(profile && { profile }) };
  return {
    name,
    ip,
    ...(interval !== undefined && { interval }),
    ...(kind && { kind }),
    ...(target !== undefined && { target }),
    ...(label && { labels: label }),
    ...(Object.keys(simulation).length > 0 && { simulation }),
  };
}
