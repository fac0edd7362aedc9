import { EventEmitter } from "node:events";
import { describe, expect, test } from "@jest/globals";
import { ManualClock } from "../model/manual-clock.ts";
import { handleSignals } from "./signals.ts";

function rig(isTerminal: boolean) {
  const events = new EventEmitter();
  const clock = new ManualClock();
  const calls: string[] = [];
  handleSignals(events, {
    clock,
    isTerminal,
    stop: (signal) => calls.push(`stop ${signal}`),
    stopNow: (signal) => calls.push(`now ${signal}`),
    reload: () => calls.push("reload"),
  });
  return { events, clock, calls };
}

describe("handleSignals", () => {
  test("stops once, however often a terminal sends the same Ctrl-C", () => {
    const { calls, clock, events } = rig(true);

    events.emit("SIGINT", "SIGINT");
    events.emit("SIGINT", "SIGINT");
    clock.advance(999);
    events.emit("SIGINT", "SIGINT");

    expect(calls).toEqual(["stop SIGINT"]);
  });

  test("ends at once on a second signal a second later", () => {
    const { calls, clock, events } = rig(false);

    events.emit("SIGTERM", "SIGTERM");
    clock.advance(1_000);
    events.emit("SIGTERM", "SIGTERM");

    expect(calls).toEqual(["stop SIGTERM", "now SIGTERM"]);
  });

  test("reloads on SIGHUP without a terminal, and stops on it when the terminal is closed", () => {
    const service = rig(false);
    const terminal = rig(true);

    service.events.emit("SIGHUP", "SIGHUP");
    terminal.events.emit("SIGHUP", "SIGHUP");

    expect(service.calls).toEqual(["reload"]);
    expect(terminal.calls).toEqual(["stop SIGHUP"]);
  });

  test("listens to SIGUSR1, which would open the inspector otherwise", () => {
    const { calls, events } = rig(false);

    expect(events.emit("SIGUSR1", "SIGUSR1")).toBe(true);
    expect(calls).toEqual([]);
  });
});
