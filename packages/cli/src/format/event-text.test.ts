import { expect, test } from "@jest/globals";
import type { Event } from "@cloud-monitor/client";
import { eventText } from "./event-text.ts";

function event(given: Partial<Event>): Event {
  const fixed = { id: 1, at: "2026-01-01T00:00:00.000Z", instanceId: 3, name: "web-1" };
  return { ...fixed, type: "status", status: null, reason: null, details: null, ...given };
}

test.each<[Partial<Event>, string]>([
  [{ status: "up" }, "up"],
  [
    { status: "down", reason: "timeout", details: { previous: "up", lastedSeconds: 394 } },
    "down (timeout), after 6m 34s up",
  ],
  [{ status: "stale", details: { previous: "down", lastedSeconds: 0.2 } }, "stale, after 200 ms down"],
  [
    { type: "instance_added", details: { kind: "scrape", source: "discovery:file" } },
    "added (scrape, by discovery:file)",
  ],
  [{ type: "instance_changed", details: { changed: ["interval", "labels"] } }, "changed: interval, labels"],
  [
    { type: "instance_changed", details: { changed: ["name"], previousName: "web-0" } },
    "changed: name; it was named web-0",
  ],
  [{ type: "instance_removed", details: { source: "api" } }, "removed"],
  [{ type: "daemon_started", details: { version: "1.2.3" } }, "daemon started, version 1.2.3"],
  [{ type: "daemon_stopped", details: { version: "1.2.3" } }, "daemon stopped"],
  [{ type: "thread_replaced", details: { reason: "crashed" } }, "collector thread replaced: crashed"],
  [
    { type: "thread_replaced", details: { reason: "hung", instanceId: 7 } },
    "collector thread replaced: hung, by the instance 7",
  ],
  [
    { type: "thread_replaced", details: { reason: "hung", instanceId: 0, collector: "hwmon" } },
    "collector thread replaced: hung, by the collector hwmon",
  ],
  [{ type: "clock_stepped", details: { stepSeconds: -3600 } }, "clock stepped by -3600 s"],
  [
    { type: "storage_outage", details: { durationSeconds: 42, reason: "connection refused" } },
    "storage unavailable for 42s: connection refused",
  ],
  [{ type: "of_a_newer_daemon" as Event["type"] }, "of_a_newer_daemon"],
  [{ type: "instance_added", details: null }, "added (?, by ?)"],
])("of %j it says: %s", (given, text) => {
  expect(eventText(event(given))).toBe(text);
});
