// A namespace import: with named imports an older Node would fail to link the bundle instead of reporting the required version.
import util from "node:util";
import type { Instance, InstanceStatus } from "@cloud-monitor/client";
import type { TextStream } from "../process-context.ts";
import { formatDuration } from "./duration.ts";
import { formatTable } from "./table.ts";

const COLOURS = { up: "green", down: "red", stale: "yellow", pending: "gray" } as const;

export function formatInstances(instances: readonly Instance[], stream: TextStream, nowMs: number): string {
  return formatTable<Instance>(
    [
      { title: "ID", text: ({ id }) => String(id), align: "right" },
      { title: "NAME", text: ({ name }) => name },
      { title: "IP", text: ({ ip }) => ip },
      { title: "KIND", text: ({ kind }) => kind },
      { title: "STATUS", text: statusText, style: (text, { status }) => colourOfStatus(text, status, stream) },
      { title: "FOR", text: ({ since }) => formatDuration(wholeSeconds(nowMs - Date.parse(since))), align: "right" },
      { title: "INTERVAL", text: ({ interval }) => `${interval}s`, align: "right" },
      { title: "LABELS", text: ({ labels }) => labelText(labels) },
    ],
    instances,
  );
}

function statusText({ status, reason }: Instance): string {
  return reason === null ? status : `${status} (${reason})`;
}

/** The clocks of this machine and of the daemon's may differ. */
function wholeSeconds(ms: number): number {
  return Math.max(1, Math.round(ms / 1000));
}

function labelText(labels: Readonly<Record<string, string>>): string {
  return Object.entries(labels)
    .map(([name, value]) => `${name}=${value}`)
    .join(",");
}

/** Without colours in a pipe and with NO_COLOR. */
export function colourOfStatus(text: string, status: InstanceStatus, stream: TextStream): string {
  return util.styleText(COLOURS[status], text, { stream });
}
