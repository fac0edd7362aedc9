import { EventEmitter } from "node:events";
import { describe, expect, test } from "@jest/globals";
import { ManualClock } from "../../model/testing/manual-clock.ts";
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
    ignored: (signal) => calls.push(`ignored ${signal}`),
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

  test("exits at once on a second signal a second later", () => {
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

  test("stops on SIGQUIT, on a power failure and at the CPU time limit, whose repetition is not a second request", () => {
    for (const signal of ["SIGQUIT", "SIGPWR", "SIGXCPU"] as const) {
      const { calls, clock, events } = rig(false);

      events.emit(signal, signal);
      clock.advance(5_000);
      if (signal !== "SIGQUIT") events.emit(signal, signal);

      expect(calls).toEqual([`stop ${signal}`]);
    }
  });

  test.each(["SIGUSR1", "SIGUSR2", "SIGALRM", "SIGVTALRM", "SIGPROF", "SIGIO", "SIGSTKFLT", "SIGXFSZ"] as const)(
    "listens to %s, which would end the process or open the inspector otherwise",
    (signal) => {
      const { calls, events } = rig(false);

      events.emit(signal, signal);

      expect(calls).toEqual([`ignored ${signal}`]);
    },
  );
});
