import { encode } from "./encoder.ts";
import type { Family } from "./family.ts";
import type { KeptLines } from "./kept-lines.ts";
import type { TimeSlicer } from "./time-slicer.ts";
import type { TextFormat } from "./text-format.ts";

export interface EncodeOptions {
  readonly format: TextFormat;
  readonly kept: KeptLines;
  readonly slicer: TimeSlicer;
}

/** `encode` for the main thread: yields to the event loop at least every 5 ms. */
export async function* encodeInSlices(
  families: readonly Family[],
  { format, kept, slicer }: EncodeOptions,
): AsyncGenerator<string, void, undefined> {
  for (const chunk of encode(families, format, kept)) {
    yield chunk;
    await slicer.pause();
  }
}
