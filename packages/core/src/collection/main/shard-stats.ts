/** Counters of one shard, read by the exposition. */
export class ShardStats {
  running = false;
  readonly replaced = { hung: 0, crashed: 0 };
  /** Due collections without a row: already queued, the previous one still running, or lost with their thread. */
  readonly missed = { overrun: 0, busy: 0, replaced: 0 };
  ticks = 0;
  tickMsSum = 0;
  tickMsMax = 0;

  observeTick(durationMs: number): void {
    this.ticks++;
    this.tickMsSum += durationMs;
    this.tickMsMax = Math.max(this.tickMsMax, durationMs);
  }
}
