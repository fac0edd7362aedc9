import type { DryRun, NewInstance, Simulation } from "@cloud-monitor/client";
import type { Session } from "../session.ts";
import type { Command, Runner } from "./command.ts";
import { EXIT, type ExitCode } from "../exit-codes.ts";
import { printable } from "../format/printable.ts";
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
  module: string | undefined;
  label: Record<string, string> | undefined;
  fault: Simulation["fault"];
  profile: string | undefined;
  "dry-run": boolean | undefined;
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
          describe: "What is scraped or probed; default: http://<ip>:9100/metrics to scrape, the address to probe",
        })
        .option("module", {
          type: "string",
          coerce: once("--module", (module) => module),
          describe: "How it is probed, such as icmp or tcp_connect (probe only); default: http_2xx",
        })
        .option("label", {
          alias: "l",
          type: "string",
          array: true,
          coerce: each("--label", parseLabels),
          describe: "Label name=value; repeatable",
        })
        .option("fault", { choices: FAULTS, describe: "Fault to inject (simulated only)" })
        .option("profile", {
          type: "string",
          coerce: once("--profile", (profile) => profile),
          describe: `Profile of the daemon's configuration to connect with, or the day of a simulated instance: ${PROFILES.join(", ")}`,
        })
        .option("dry-run", { type: "boolean", describe: "Collect it once and say how that went, without adding it" })
        .example("$0 add web-1 10.0.0.1 --interval 5s -l zone=fr-par-1", "a simulated instance")
        .example("$0 add web-2 10.0.0.2 --kind scrape", "a host with node_exporter or cloud-monitor on port 9100")
        .example("$0 add shop 10.0.0.6 --kind probe --target https://shop.example.com/", "a web page"),
    handler: (options) => run(options, (session) => add(session, options)),
  };
}

async function add(session: Session, options: AddOptions): Promise<ExitCode> {
  const { client, clock, printer, stdout } = session;
  if (options["dry-run"] === true) return tryOnce(session, newInstanceOf(options));
  const instance = await client.addInstance(newInstanceOf(options));
  printer.data(instance, () => formatInstances([instance], stdout, clock.wallMs()));
  return EXIT.ok;
}

async function tryOnce({ client, printer }: Session, instance: NewInstance): Promise<ExitCode> {
  const run = await client.tryInstance(instance);
  printer.data(run, () => `${instance.name}: ${sentenceOf(run)}\n`);
  return run.status === "up" ? EXIT.ok : EXIT.failure;
}

function sentenceOf({ status, reason, message, duration, series }: DryRun): string {
  if (status === "down") return printable(`would be down (${reason})${message === null ? "" : `: ${message}`}`);
  const took = duration === null ? "" : `, after ${(duration * 1000).toFixed(1)} ms`;
  return `would be up${took}${series === 0 ? "" : `, with ${series} series`}`;
}

function newInstanceOf({ name, ip, interval, kind, target, module, label, fault, profile }: AddOptions): NewInstance {
  const isRemote = kind === "scrape" || kind === "probe";
  // The daemon names the profiles when it is none of them.
  const simulation = {
    ...(fault && { fault }),
    ...(profile !== undefined && !isRemote && { profile: profile as NonNullable<Simulation["profile"]> }),
  };
  return {
    name,
    ip,
    ...(interval !== undefined && { interval }),
    ...(kind && { kind }),
    ...(target !== undefined && { target }),
    ...(profile !== undefined && isRemote && { profile }),
    ...(module !== undefined && { module }),
    ...(label && { labels: label }),
    ...(Object.keys(simulation).length > 0 && { simulation }),
  };
}
