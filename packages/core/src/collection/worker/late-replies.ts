import type { Clock } from "../../model/clock.ts";
import type { LateReply } from "../protocol.ts";

/** Collections of one slot mostly end this soon after each other. A fifth of a slot, so that no row is late for it. */
const GATHER_MS = 20;
/** No timer fires while the sockets of a tick are served, one after the other. */
const REPLIES_MAX = 32;

/** Posts replies that follow each other closely in one message: each message wakes the main thread. */
export class LateReplies {
  readonly #clock: Clock;
  readonly #post: (replies: readonly LateReply[]) => void;
  #gathered: LateReply[] = [];

  constructor(clock: Clock, post: (replies: readonly LateReply[]) => void) {
    this.#clock = clock;
    this.#post = post;
  }

  add(reply: LateReply): void {
    this.#gathered.push(reply);
    // A layout takes 100 kB and more of the thread's heap, which on trial has 32 MiB; somebody waits for a refresh.
    const isUrgent = reply.buffer === null || (reply.snapshot?.layout ?? null) !== null;
    if (isUrgent || this.#gathered.length === REPLIES_MAX) this.#flush();
    else if (this.#gathered.length === 1) this.#clock.after(GATHER_MS, () => this.#flush());
  }

  #flush(): void {
    if (this.#gathered.length === 0) return;
    this.#post(this.#gathered);
    this.#gathered = [];
  }
}
