import type { History } from "@cloud-monitor/client";
import type { Session } from "../session.ts";
import type { Command, Runner } from "./command.ts";
import { formatDuration } from "../format/duration.ts";
import { formatMetricValue } from "../format/metric-value.ts";
import { type Series, seriesOf } from "../format/series.ts";
import { sparkline } from "../format/sparkline.ts";
import { type Column, formatTable } from "../format/table.ts";
import { parseSeconds } from "../options/duration.ts";
import { instantOption } from "../options/instant.ts";
import { parseId } from "../options/numbers.ts";
import { once } from "../options/once.ts";

interface HistoryOptions {
  id: number;
  from: string;
  to: string;
  step: number | undefined;
  metric: string[] | undefined;
}

export function historyCommand(run: Runner): Command<HistoryOptions> {
  return {
    command: "history <id>",
    describe: "Show the stored metrics of an instance",
    builder: (yargs) =>
      yargs
        .positional("id", {
          type: "string",
          demandOption: true,
          coerce: once("id", parseId),
          describe: "Id; 0 is the daemon's own host",
        })
        .option("from", {
          type: "string",
          default: "1h",
          describe: "Start: 1h (ago), 2026-11-21, 2026-11-21T10:00:00Z",
        })
        .option("to", { type: "string", default: "now", describe: "End, in the same formats" })
        .option("step", {
          type: "string",
          coerce: once("--step", parseSeconds),
          describe: "Step between two points, such as 1m; default: a suitable one",
        })
        .option("metric", {
          alias: "m",
          type: "string",
          array: true,
          describe: "Core metric, such as cpu_usage_percent; repeatable; default: CPU and memory usage",
        })
        .example("$0 history 0 --from 1h -m load1", "one hour of the daemon's own host")
        .example("$0 history 3 --from 1d --step 5m -o json", "one day, for scripts"),
    handler: (options) => run(options, (session) => history(session, options)),
  };
}

async function history({ client, printer, clock, stdout }: Session, options: HistoryOptions): Promise<void> {
  const nowMs = clock.wallMs();
  const answer = await client.history(options.id, {
    from: instantOption("--from", options.from, nowMs),
    to: instantOption("--to", options.to, nowMs),
    ...(options.step !== undefined && { step: options.step }),
    ...(options.metric && { metric: options.metric }),
  });
  printer.data(answer, () => formatHistory(answer, stdout.columns ?? 120));
  if (printer.output !== "table") return;
  const count = answer.points.length;
  const points = `${count} ${count === 1 ? "point" : "points"}, one per ${formatDuration(answer.step)}`;
  printer.remark(`${answer.name} from ${answer.from} to ${answer.to}: ${points}`);
}

/** Maximum width of the other columns. */
const OTHER_COLUMNS_WIDTH = 88;

function formatHistory(answer: History, screenWidth: number): string {
  const columns = Math.min(60, Math.max(16, screenWidth - OTHER_COLUMNS_WIDTH));
  return formatTable<Series>(
    [
      { title: "METRIC", text: ({ metric }) => metric },
      { title: "TREND", text: ({ values }) => sparkline(values) },
      figure("MIN", ({ min }) => min),
      figure("MEAN", ({ mean }) => mean),
      figure("MAX", ({ max }) => max),
      figure("LAST", ({ last }) => last),
    ],
    seriesOf(answer, columns),
  );
}

function figure(title: string, pick: (series: Series) => number | null): Column<Series> {
  return { title, text: (series) => formatMetricValue(series.metric, pick(series)), align: "right" };
}
