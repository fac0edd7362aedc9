import type { HostCollectorState } from "../../collectors/host/host-collector-set.ts";
import { HOST_COLLECTOR_ORDER } from "../../collectors/registry.ts";
import type { HostOptions } from "../../collectors/registry.ts";
import { Backoff } from "../../model/backoff.ts";
import type { Clock } from "../../model/clock.ts";
import type { InstanceRef } from "../../model/collector.ts";
import type { Logger } from "../../model/logger.ts";
import type { SectionFailure } from "../protocol.ts";
import { ChildTrials } from "./child-trials.ts";

export interface HostCollectorsOptions {
  readonly clock: Clock;
  readonly random: () => number;
  readonly host: HostOptions;
  readonly heapMaxMiB: number;
  readonly logger: Logger;
  /** False when too many threads are stuck in the kernel to risk another. */
  readonly mayReturn: () => boolean;
  readonly onSectionFailures: (failures: readonly SectionFailure[]) => void;
}

/** Back-off of a host collector that did not return, or not in time. */
const LEFT_OUT = { firstMs: 30_000, maxMs: 600_000 };

interface Hung {
  readonly backoff: Backoff;
  readonly trial: ChildTrials;
  retryAtMs: number;
}

/**
 * Which collectors of this host run. One that does not return, because a file of the kernel or a mount hangs, costs its thread
 * once: then it is left out, and the others go on; so is one that blocks its thread for too long. It runs again when it has
 * returned in time in a child process.
 */
export class HostCollectors {
  readonly #options: HostCollectorsOptions;
  readonly #hung = new Map<string, Hung>();
  #state: HostCollectorState;

  constructor(options: HostCollectorsOptions, enabled: readonly string[]) {
    this.#options = options;
    this.#state = { enabled, hung: [] };
  }

  /** The same object as long as nothing changes. */
  get state(): HostCollectorState {
    return this.#state;
  }

  /** Switches collectors on and off; from the next collection on. */
  enable(names: readonly string[]): void {
    for (const name of this.#hung.keys()) if (!names.includes(name)) this.#forget(name);
    const enabled = HOST_COLLECTOR_ORDER.filter((name) => names.includes(name));
    this.#state = { enabled, hung: [...this.#hung.keys()] };
  }

  /** The collector did not return in time, or terminated its thread. Returns the back-off in milliseconds. */
  leaveOut(name: string): number {
    const { clock, random, host, heapMaxMiB } = this.#options;
    const known = this.#hung.get(name);
    const backoff = known?.backoff ?? new Backoff(LEFT_OUT, random);
    const backoffMs = backoff.next();
    const only = { ...host, collectorsDefaultsDisabled: true, collectorsEnabled: [name], collectorsDisabled: [] };
    const onResult = (_instance: InstanceRef, _timestampMs: number, answered: boolean) => this.#onTried(name, answered);
    const trial = known?.trial ?? new ChildTrials({ clock, host: only, heapMaxMiB, onResult });
    this.#hung.set(name, { backoff, trial, retryAtMs: clock.monotonicMs() + backoffMs });
    this.#update();
    return backoffMs;
  }

  /** Leaves out those that are slow. */
  noteFailures(failures: readonly SectionFailure[]): void {
    for (const { collector, isSlow } of failures) if (isSlow) this.leaveOut(collector);
    this.#options.onSectionFailures(failures);
  }

  /** Tries those whose back-off has passed, each in a child process. Call it when the host is due. */
  tryAgain(host: InstanceRef): void {
    const nowMs = this.#options.clock.monotonicMs();
    for (const { retryAtMs, trial } of this.#hung.values()) if (nowMs >= retryAtMs) trial.due(host, NaN);
  }

  /** Ends the child processes. */
  stop(): void {
    for (const name of this.#hung.keys()) this.#forget(name);
  }

  #onTried(name: string, answered: boolean): void {
    if (!this.#hung.has(name)) return;
    if (answered && this.#options.mayReturn()) {
      this.#hung.delete(name);
      this.#update();
      this.#options.logger.info("host collector responds again", { collector: name });
      return;
    }
    const backoffMs = Math.round(this.leaveOut(name));
    this.#options.logger.warn("host collector does not respond in time in a child process", {
      collector: name,
      backoffMs,
    });
  }

  #forget(name: string): void {
    this.#hung.get(name)?.trial.stop();
    this.#hung.delete(name);
  }

  #update(): void {
    this.#state = { ...this.#state, hung: [...this.#hung.keys()] };
  }
}
