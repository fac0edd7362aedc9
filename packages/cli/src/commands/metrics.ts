import { ApiError, type InstanceMetrics } from "@cloud-monitor/client";
import type { Session } from "../session.ts";
import type { Command, Runner } from "./command.ts";
import { formatFields } from "../format/fields.ts";
import { formatMetricValue } from "../format/metric-value.ts";
import { formatWatchHeader, formatWatchLine } from "../format/watch-line.ts";
import { parseId } from "../options/numbers.ts";
import { once } from "../options/once.ts";
import { sleep } from "../sleep.ts";
import { UsageError } from "../usage-error.ts";

interface MetricsOptions {
  id: number;
  watch: boolean;
  now: boolean;
}

export function metricsCommand(run: Runner): Command<MetricsOptions> {
  return {
    command: "metrics <id>",
    describe: "Show the latest sample of an instance",
    builder: (yargs) =>
      yargs
        .positional("id", {
          type: "string",
          demandOption: true,
          coerce: once("id", parseId),
          describe: "Id; 0 is the daemon's own host",
        })
        .option("watch", {
          alias: "w",
          type: "boolean",
          default: false,
          describe: "Continue with every new sample until Ctrl-C",
        })
        .option("now", {
          type: "boolean",
          default: false,
          describe: "Collect it now, out of turn, and show that sample",
        })
        .example("$0 metrics 0", "the daemon's own host")
        .example("$0 metrics 3 --watch -o json", "one object per line"),
    handler: (options) => run(options, (session) => (options.watch ? watch(session, options) : show(session, options))),
  };
}

async function show({ client, printer }: Session, { id, now }: MetricsOptions): Promise<void> {
  const metrics = await (now ? client.collect(id) : client.metrics(id));
  printer.data(metrics, () => formatMetrics(metrics));
}

function formatMetrics({ name, instanceId, status, reason, timestamp, metrics }: InstanceMetrics): string {
  return formatFields([
    ["instance", `${name} (${instanceId})`],
    ["status", reason === null ? status : `${status} (${reason})`],
    ["timestamp", timestamp],
    ...Object.entries(metrics).map(([metric, value]) => [metric, formatMetricValue(metric, value)] as const),
  ]);
}

/** Polls once per interval; a sample is shown only once. Ends with the signal or an error. */
async function watch(session: Session, { id, now }: MetricsOptions): Promise<never> {
  if (now) throw new UsageError("use either --now or --watch, not both");
  const { client, printer, clock, signal } = session;
  const { interval } = await client.getInstance(id);
  if (printer.output === "table") session.stdout.write(formatWatchHeader());
  for (let seen: string | undefined; ; await sleep(clock, interval * 1000, signal)) {
    const metrics = await newest(session, id);
    if (metrics === null || metrics.timestamp === seen) continue;
    seen = metrics.timestamp;
    printer.streamed(metrics, () => formatWatchLine(metrics));
  }
}

async function newest({ client, printer }: Session, id: number): Promise<InstanceMetrics | null> {
  try {
    return await client.metrics(id);
  } catch (error) {
    if (!(error instanceof ApiError) || error.code !== "SAMPLE_NOT_YET") throw error;
    printer.remark("no sample yet, waiting for the first");
    return null;
  }
}
