import type { Health, Readiness } from "@cloud-monitor/client";
import type { Session } from "../session.ts";
import type { Command, Runner } from "./command.ts";
import { EXIT, type ExitCode } from "../exit-codes.ts";
import { formatDuration } from "../format/duration.ts";
import { formatFields } from "../format/fields.ts";

export function healthCommand(run: Runner): Command {
  return {
    command: "health",
    describe: "Show the daemon's health; exit code 6 if it is degraded or not ready",
    builder: (yargs) => yargs.example("$0 health && echo fine", "in a script"),
    handler: (options) => run(options, health),
  };
}

async function health({ client, printer }: Session): Promise<ExitCode> {
  const [answer, readiness] = await Promise.all([client.health(), client.ready()]);
  printer.data({ ...answer, ready: readiness.ready }, () => formatHealth(answer, readiness));
  return answer.status === "ok" && readiness.ready ? EXIT.ok : EXIT.unhealthy;
}

function formatHealth({ status, problems, version, uptime, ...parts }: Health, readiness: Readiness): string {
  const { instances, storage, spool, threads } = parts;
  return formatFields([
    ["status", status],
    ["ready", readiness.ready ? "yes" : `no: ${readiness.problem.detail}`],
    ...problems.map((problem) => ["problem", problem] as const),
    ["version", version],
    ["uptime", formatDuration(uptime)],
    ["instances", `${instances.total} (${STATES.map((state) => `${instances[state]} ${state}`).join(", ")})`],
    ...(instances.exposed < instances.total ? [["on /metrics", `${instances.exposed} of them`] as const] : []),
    ["storage", storageText(storage)],
    ["waiting", `${spool.rows} of at most ${spool.rowsMax} rows${oldestText(spool)}, ${spool.dropped} dropped`],
    ["threads", `${threads.running} of ${threads.configured} running, ${threads.replaced} replaced`],
  ]);
}

const STATES = ["up", "down", "stale", "pending"] as const;

function storageText({ kind, available, location, reason }: Health["storage"]): string {
  const state = available ? "available" : `unavailable${reason === null ? "" : ` (${reason})`}`;
  return `${kind}, ${state}, ${location}`;
}

function oldestText({ oldestSeconds }: Health["spool"]): string {
  return oldestSeconds === null ? "" : `, the oldest for ${formatDuration(oldestSeconds)}`;
}
