import { allocateBatch } from "../../model/batch.ts";
import type { Batch } from "../../model/batch.ts";
import type { CancelTimer, Clock } from "../../model/clock.ts";
import { CloudMonitorError, isRetryable } from "../../model/errors.ts";
import type { EventDetails, EventType, NewEvent } from "../../model/event.ts";
import type { LastStatus } from "../../model/event-store.ts";
import type { Instance } from "../../model/instance.ts";
import { counter, gauge } from "../../model/own-metric.ts";
import type { OwnMetric } from "../../model/own-metric.ts";
import type { RecordChanges, SampleRecord, Sink, WriteOutcome } from "../../model/sink.ts";
import type { InstanceListener } from "../instance-listener.ts";
import { StatusTracker } from "./status-tracker.ts";

export interface EventRecorderOptions {
  readonly storage: Sink;
  readonly clock: Clock;
  readonly newId: () => string;
  /** The daemon's own host, to which its events belong. */
  readonly host: Pick<Instance, "id" | "name">;
  /** When the oldest row arrived that is not stored yet, on the monotonic clock; null when none waits. */
  readonly oldestWaitingMs: () => number | null;
}

/** Maximum number of events that wait for the storage, beside those of the record in hand. */
const WAITING_MAX = 1_000;
const LOOK_EVERY_MS = 1_000;
/** A later look, or a larger step of the wall clock: nobody watched in the meantime. */
const TOLERANCE_MS = 1_000;

/**
 * Writes rows to the storage together with the events that they show and the daemon's own, in one order. Rows and their
 * events are stored together or not at all; what happens while the storage is away is found from the rows once they are
 * stored. While there are no rows, events are stored alone.
 */
export class EventRecorder implements Sink {
  readonly name: string;
  /** Events passed to the storage, and those dropped because too many waited. */
  readonly stats = { stored: 0, dropped: 0 };
  readonly tracker = new StatusTracker();
  readonly #options: EventRecorderOptions;
  #waiting: NewEvent[] = [];
  /** The record in hand: a second attempt has the same changes. */
  #inHand: { readonly id: string; readonly changes: RecordChanges } | null = null;
  /** Events alone that are not known to be stored. */
  #unconfirmed: SampleRecord | null = null;
  #turn: Promise<unknown> = Promise.resolve();
  #isReady = false;
  #cancelTimer: CancelTimer = () => {};
  #lookedAtMs = 0;
  #writtenAtMs = 0;
  #pinMs: number;

  constructor(options: EventRecorderOptions) {
    this.#options = options;
    this.name = options.storage.name;
    this.#pinMs = this.#pinnedMs();
  }

  get waiting(): number {
    return this.#waiting.length;
  }

  /** What it must know of the inventory: those of other daemons are theirs to watch. */
  get listener(): InstanceListener {
    const { host } = this.#options;
    const isOurs = ({ id }: Instance) => id > 0 || id === host.id;
    return {
      added: (instances) => instances.filter(isOurs).forEach((instance) => this.tracker.put(instance)),
      changed: (_before, after) => void (isOurs(after) && this.tracker.put(after)),
      removed: (instances) => instances.forEach(({ id }) => this.tracker.forget(id)),
    };
  }

  /** Takes what is stored. Until then nothing is written; a second call changes nothing. */
  restore(statuses: readonly LastStatus[], latest: Batch): void {
    if (this.#isReady) return;
    this.tracker.restore(statuses, latest);
    this.tracker.watchFrom(this.#options.clock.wallMs());
    this.#isReady = true;
  }

  /** Another component starts the storage. */
  async start(): Promise<void> {
    this.#lookedAtMs = this.#options.clock.monotonicMs();
    this.#arm();
  }

  /** Stores the waiting events, if the storage takes them. Idempotent, and safe without start(). */
  async stop(): Promise<void> {
    this.#cancelTimer();
    await this.#alone(() => this.#writeEvents());
  }

  /** Records an event of the daemon; of several that wait too long, the oldest are dropped. */
  note(type: EventType, details: EventDetails | null = null, atMs: number = this.#options.clock.wallMs()): void {
    const { id, name } = this.#options.host;
    this.#waiting.push({ atMs, type, instanceId: id, instanceName: name, status: null, reason: null, details });
    this.#limit();
  }

  write(record: SampleRecord, signal: AbortSignal): Promise<WriteOutcome> {
    return this.#alone(() => this.#write(record, signal));
  }

  async #write(record: SampleRecord, signal: AbortSignal): Promise<WriteOutcome> {
    if (!this.#isReady) {
      throw new CloudMonitorError("STORE_UNAVAILABLE", "the storage has not been reached yet", { retryable: true });
    }
    await this.#confirm(signal);
    const changes = this.#take(record);
    const outcome = await this.#options.storage.write({ ...record, changes }, signal);
    this.#inHand = null;
    this.#noteStored(changes);
    return outcome;
  }

  /** The changes of a record. Those of one that was refused before it go with it. */
  #take({ batch, id }: SampleRecord): RecordChanges {
    if (this.#inHand?.id === id) return this.#inHand.changes;
    this.#waiting.unshift(...(this.#inHand?.changes.events ?? []));
    this.#limit();
    const observed = this.tracker.observe(batch);
    const changes = this.#withWaiting([observed, this.#sweep()]);
    this.#inHand = { id, changes };
    return changes;
  }

  #withWaiting(found: readonly RecordChanges[]): RecordChanges {
    const events = [...this.#waiting, ...found.flatMap((one) => one.events)];
    this.#waiting = [];
    return { events, unwatched: found.flatMap(({ unwatched }) => unwatched) };
  }

  #sweep(): RecordChanges {
    const { clock, oldestWaitingMs } = this.#options;
    const nowMs = clock.monotonicMs();
    return this.tracker.sweep(clock.wallMs() - (nowMs - (oldestWaitingMs() ?? nowMs)));
  }

  async #confirm(signal: AbortSignal): Promise<void> {
    const record = this.#unconfirmed;
    if (record === null) return;
    try {
      await this.#options.storage.write(record, signal);
      this.#noteStored(record.changes!);
    } catch (error) {
      if (isRetryable(error)) throw error;
      this.stats.dropped += record.changes!.events.length;
    }
    this.#unconfirmed = null;
  }

  /** Stores what waits, without rows; never rejects. */
  async #writeEvents(): Promise<void> {
    if (!this.#isReady || this.#inHand !== null) return;
    const changes = this.#unconfirmed === null ? this.#withWaiting([this.#sweep()]) : null;
    if (changes !== null && changes.events.length + changes.unwatched.length > 0) {
      this.#unconfirmed = { id: this.#options.newId(), batch: allocateBatch(0), changes };
    }
    // The next look, or the next record, tries again.
    await this.#confirm(new AbortController().signal).catch(() => {});
  }

  #noteStored({ events }: RecordChanges): void {
    this.stats.stored += events.length;
    this.#writtenAtMs = this.#options.clock.monotonicMs();
  }

  #limit(): void {
    const excess = Math.max(0, this.#waiting.length - WAITING_MAX);
    this.#waiting.splice(0, excess);
    this.stats.dropped += excess;
  }

  /** One write at a time, so that events are stored in their order. */
  #alone<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#turn.then(work);
    this.#turn = turn.catch(() => {});
    return turn;
  }

  #arm(): void {
    this.#cancelTimer = this.#options.clock.after(LOOK_EVERY_MS, () => {
      this.#look();
      this.#arm();
    });
  }

  #look(): void {
    const nowMs = this.#options.clock.monotonicMs();
    this.#followClock(nowMs);
    this.#lookedAtMs = nowMs;
    if (nowMs - this.#writtenAtMs >= LOOK_EVERY_MS) void this.#alone(() => this.#writeEvents());
  }

  #followClock(nowMs: number): void {
    const stepMs = this.#pinnedMs() - this.#pinMs;
    const isStep = Math.abs(stepMs) > TOLERANCE_MS;
    const isLate = nowMs - this.#lookedAtMs > LOOK_EVERY_MS + TOLERANCE_MS;
    if (isStep || isLate) this.tracker.watchFrom(this.#options.clock.wallMs());
    if (isStep) this.note("clock_stepped", { stepSeconds: stepMs / 1000 });
    this.#pinMs += stepMs;
  }

  #pinnedMs(): number {
    return this.#options.clock.wallMs() - this.#options.clock.monotonicMs();
  }
}

export const EVENT_METRICS: readonly OwnMetric<Pick<EventRecorder, "stats" | "waiting">>[] = [
  counter({
    name: "cloud_monitor_events_stored_total",
    help: "Events stored, those of changes of instances excepted.",
    read: ({ stats }) => stats.stored,
  }),
  counter({
    name: "cloud_monitor_events_dropped_total",
    help: "Events dropped because too many waited for the storage, or because it refused them.",
    read: ({ stats }) => stats.dropped,
  }),
  gauge({
    name: "cloud_monitor_events_waiting",
    help: "Events that wait for the storage.",
    read: ({ waiting }) => waiting,
  }),
];
