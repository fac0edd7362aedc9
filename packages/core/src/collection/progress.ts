/** Indexes into the shared memory, each an Int32. */
const READY = 0;
const INDEX = 1;
const COLLECTING = 2;
const ROWS = 3;
const THREAD = 4;
const SECTION = 5;
const FIELDS = 6;

/**
 * The progress of a thread in its tick, in memory shared with the main thread: a thread that hangs or is lost cannot
 * reply, but this shows what it was collecting and which rows it has finished.
 */
export class Progress {
  readonly buffer: SharedArrayBuffer;
  readonly #fields: Int32Array;

  constructor(buffer = new SharedArrayBuffer(FIELDS * Int32Array.BYTES_PER_ELEMENT)) {
    this.buffer = buffer;
    this.#fields = new Int32Array(buffer);
  }

  /** Thread: its modules are loaded; from now on, a lack of progress counts. */
  ready(kernelThreadId: number): void {
    Atomics.store(this.#fields, THREAD, kernelThreadId);
    Atomics.store(this.#fields, READY, 1);
  }

  /** Thread: begins to collect the instance at `index` of the tick; refreshes follow the last one. */
  begin(index: number): void {
    Atomics.store(this.#fields, INDEX, index);
    Atomics.store(this.#fields, SECTION, -1);
    Atomics.store(this.#fields, COLLECTING, 1);
  }

  /** Thread: begins a part of the collection. */
  beginSection(index: number): void {
    Atomics.store(this.#fields, SECTION, index);
  }

  /** Thread: the collection returned or threw. */
  end(): void {
    Atomics.store(this.#fields, COLLECTING, 0);
  }

  /** Thread: the tick's first `rows` rows are written. */
  finish(rows: number): void {
    Atomics.store(this.#fields, ROWS, rows);
  }

  /** Main thread, before it sends a tick: remains of the last one must not be mistaken for this one's. */
  reset(): void {
    Atomics.store(this.#fields, INDEX, -1);
    Atomics.store(this.#fields, SECTION, -1);
    Atomics.store(this.#fields, COLLECTING, 0);
    Atomics.store(this.#fields, ROWS, 0);
  }

  get isReady(): boolean {
    return Atomics.load(this.#fields, READY) === 1;
  }

  get kernelThreadId(): number {
    return Atomics.load(this.#fields, THREAD);
  }

  get isCollecting(): boolean {
    return Atomics.load(this.#fields, COLLECTING) === 1;
  }

  /** Index in the tick of the latest collection that began; -1 before the first. */
  get index(): number {
    return Atomics.load(this.#fields, INDEX);
  }

  /** Index of the part that the latest collection was in; -1 for one without parts. */
  get section(): number {
    return Atomics.load(this.#fields, SECTION);
  }

  get rows(): number {
    return Atomics.load(this.#fields, ROWS);
  }
}
