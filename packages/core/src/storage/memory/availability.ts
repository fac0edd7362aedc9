import type { StoredEvent, UnwatchedTime } from "../../model/event.ts";
import type { Availability } from "../../model/event-store.ts";
import type { InstanceStatus } from "../../model/instance.ts";

interface Span {
  readonly status: InstanceStatus;
  readonly previous: InstanceStatus | null;
  readonly fromMs: number;
  readonly toMs: number;
}

/** Of one instance, from its `status` events in the order of time and the times that nobody watched it. */
export function availabilityOf(
  range: { readonly fromMs: number; readonly toMs: number },
  statuses: readonly StoredEvent[],
  unwatched: readonly UnwatchedTime[],
): Availability {
  const spans = spansOf(range, statuses);
  const secondsIn = (status: InstanceStatus) => {
    const ofStatus = spans.filter((span) => span.status === status);
    return ofStatus.reduce((sum, span) => sum + watchedMs(span, unwatched), 0) / 1000;
  };
  const downs = spans.filter(({ status }) => status === "down");
  const [upSeconds, downSeconds] = [secondsIn("up"), secondsIn("down")];
  return {
    upSeconds,
    downSeconds,
    unknownSeconds: Math.max(0, (range.toMs - range.fromMs) / 1000 - upSeconds - downSeconds),
    outages: downs.filter(({ previous }) => previous !== "down").length,
    longestOutageSeconds: Math.max(0, ...downs.map((span) => (span.toMs - span.fromMs) / 1000)),
  };
}

export function sumOf(parts: readonly Availability[]): Availability {
  const sum = (of: (part: Availability) => number) => parts.reduce((total, part) => total + of(part), 0);
  return {
    upSeconds: sum((part) => part.upSeconds),
    downSeconds: sum((part) => part.downSeconds),
    unknownSeconds: sum((part) => part.unknownSeconds),
    outages: sum((part) => part.outages),
    longestOutageSeconds: Math.max(0, ...parts.map((part) => part.longestOutageSeconds)),
  };
}

function spansOf({ fromMs, toMs }: { fromMs: number; toMs: number }, statuses: readonly StoredEvent[]): Span[] {
  return statuses.flatMap(({ atMs, status }, index) => {
    const span = {
      status: status!,
      previous: statuses[index - 1]?.status ?? null,
      fromMs: Math.max(fromMs, atMs),
      toMs: Math.min(toMs, statuses[index + 1]?.atMs ?? toMs),
    };
    return span.fromMs < span.toMs ? [span] : [];
  });
}

function watchedMs(span: Span, unwatched: readonly UnwatchedTime[]): number {
  const overlaps = unwatched.map(({ fromMs, toMs }) => Math.min(toMs, span.toMs) - Math.max(fromMs, span.fromMs));
  return span.toMs - span.fromMs - overlaps.reduce((sum, overlapMs) => sum + Math.max(0, overlapMs), 0);
}
