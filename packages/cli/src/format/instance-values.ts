import type { InstanceValues } from "@cloud-monitor/client";
import type { TextStream } from "../process-context.ts";
import { colourOfStatus } from "./instances.ts";
import { formatMetricValue } from "./metric-value.ts";
import type { Column } from "./table.ts";
import { formatTable } from "./table.ts";

export interface ListedValues {
  readonly name: string;
  readonly values: InstanceValues;
}

export function formatInstanceValues(all: readonly ListedValues[], stream: TextStream): string {
  return formatTable<ListedValues>(
    [
      { title: "ID", text: ({ values }) => String(values.instanceId), align: "right" },
      { title: "NAME", text: ({ name }) => name },
      {
        title: "STATUS",
        text: ({ values: { reason, status } }) => (reason === null ? status : `${status} (${reason})`),
        style: (text, { values }) => colourOfStatus(text, values.status, stream),
      },
      { title: "SINCE", text: ({ values }) => values.since },
      figure("CPU", "cpu_usage_percent"),
      figure("MEMORY", "memory_usage_percent"),
      figure("LOAD1", "load1"),
      figure("RECEIVED", "network_receive_bytes_per_second"),
      figure("SENT", "network_transmit_bytes_per_second"),
    ],
    all,
  );
}

function figure(title: string, metric: string): Column<ListedValues> {
  return { title, text: ({ values }) => formatMetricValue(metric, values.metrics[metric] ?? null), align: "right" };
}
