import { encode } from "./encoder.ts";
import type { StaticLabels } from "./encoder.ts";
import type { Family } from "./family.ts";
import type { TimeSlicer } from "./time-slicer.ts";
import type { TextFormat } from "./text-format.ts";

export interface EncodeOptions {
  readonly format: TextFormat;
  readonly staticLabels: StaticLabels;
  readonly slicer: TimeSlicer;
}

/** `encode` for the main thread: yields to the event loop at least every 5 ms. */
export async function* encodeInSlices(
  families: readonly Family[],
  { format, staticLabels, slicer }: EncodeOptions,
): AsyncGenerator<string, void, undefined> {
  for (const chunk of encode(families, format, staticLabels)) {
    yield chunk;
    await slicer.pause();
  }
}
