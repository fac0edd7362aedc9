import { CollectFailure } from "../../../model/failure.ts";
import type { ParsedSamples, ParsedText, ScrapeFormat } from "./parsed-text.ts";
import { TextParser } from "./text-parser.ts";

/** Parses a body at once. Throws CollectFailure when it is not valid. */
export function parseText(body: Buffer, format: ScrapeFormat): ParsedText {
  const parser = new TextParser(format, null);
  parser.parse(body);
  return parser.text();
}

export interface SliceOptions {
  readonly yieldToLoop: () => Promise<void>;
  readonly signal: AbortSignal | null;
  /** Whether a sample with this name is kept. Called for each sample, in order. */
  readonly keeps: (name: string) => boolean;
}

/** Takes about 2 ms. */
const SLICE_BYTES = 128 * 1024;
/** A line is parsed at once. */
const LINE_BYTES_MAX = 1024 * 1024;

/**
 * The same for a large body, without blocking the event loop, and with memory only for what is kept. The body must not
 * change meanwhile. Rejects when the signal is aborted.
 */
export async function parseTextInSlices(
  body: Buffer,
  format: ScrapeFormat,
  { yieldToLoop, signal, keeps }: SliceOptions,
): Promise<ParsedSamples> {
  const parser = new TextParser(format, keeps);
  for (let at = 0; at < body.length;) {
    const newline = body.indexOf(LINE_FEED, at + SLICE_BYTES);
    const end = newline === -1 ? body.length : newline + 1;
    if (end - at > SLICE_BYTES + LINE_BYTES_MAX) throw new CollectFailure("invalid", "a line is longer than 1 MiB");
    parser.parse(body.subarray(at, end));
    at = end;
    await yieldToLoop();
    signal?.throwIfAborted();
  }
  return parser.samples();
}

const LINE_FEED = 0x0a;
