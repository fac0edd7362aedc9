import type { Event } from "@cloud-monitor/client";
import { formatDuration } from "./duration.ts";

/** What happened, in one line: `down (timeout), after 3h 2m up`. */
export function eventText({ details, reason, status, type }: Event): string {
  const detail = (name: string) => {
    const value = details?.[name];
    return typeof value === "string" || typeof value === "number" ? String(value) : "?";
  };
  switch (type) {
    case "status":
      return `${status ?? "?"}${reason === null ? "" : ` (${reason})`}${before(details)}`;
    case "instance_added":
      return `added (${detail("kind")}, by ${detail("source")})`;
    case "instance_changed":
      return details?.["previousName"] === undefined
        ? `changed: ${list(details?.["changed"])}`
        : `changed: ${list(details["changed"])}; it was named ${detail("previousName")}`;
    case "instance_removed":
      return "removed";
    case "daemon_started":
      return `daemon started, version ${detail("version")}`;
    case "daemon_stopped":
      return "daemon stopped";
    case "thread_replaced":
      return `collector thread replaced: ${detail("reason")}${culprit(details)}`;
    case "clock_stepped":
      return `clock stepped by ${detail("stepSeconds")} s`;
    case "storage_outage":
      return `storage unavailable for ${seconds(details?.["durationSeconds"])}: ${detail("reason")}`;
    default:
      // Of a newer daemon.
      return String(type);
  }
}

function before(details: Event["details"]): string {
  const previous = details?.["previous"];
  return typeof previous === "string" ? `, after ${seconds(details?.["lastedSeconds"])} ${previous}` : "";
}

function culprit(details: Event["details"]): string {
  const { collector, instanceId } = details ?? {};
  if (typeof collector === "string") return `, by the collector ${collector}`;
  return typeof instanceId === "number" ? `, by the instance ${instanceId}` : "";
}

function seconds(value: unknown): string {
  return typeof value === "number" ? formatDuration(value) : "?";
}

function list(value: unknown): string {
  return Array.isArray(value) ? value.join(", ") : "?";
}
