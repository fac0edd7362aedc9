import { parsePosixTimeZone, posixTimeAt } from "./posix-time-zone.ts";
import type { LocalTimeSpan, LocalTimeType, PosixTimeZone } from "./posix-time-zone.ts";

/** A compiled zone of the zone database, RFC 9636: a list of changes, and the time types before and after it. */
export interface ZoneFile {
  readonly before: LocalTimeType;
  /** In order. */
  readonly changes: readonly { readonly at: number; readonly type: LocalTimeType }[];
  /** Null: the last change is permanent. */
  readonly after: PosixTimeZone | null;
}

const HEADER_BYTES = 44;
const TYPE_BYTES = 6;
/** The largest known has 2 KiB per block; the format itself has no limit. */
const COUNT_MAX = 100_000;

/** Versions 1 to 4, and later ones, which must be readable as those. Null when the bytes are not a zone. */
export function parseTzif(bytes: Uint8Array): ZoneFile | null {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const first = readHeader(view, 0);
  if (first === null) return null;
  const firstBlock = { header: first, at: HEADER_BYTES, timeBytes: 4 } as const;
  // Version 1 is the byte 0, the others are digits.
  if (first.version === 0) return readBlock(view, firstBlock, null);
  const secondAt = HEADER_BYTES + blockBytes(firstBlock);
  const second = readHeader(view, secondAt);
  if (second === null) return null;
  const block = { header: second, at: secondAt + HEADER_BYTES, timeBytes: 8 } as const;
  return readBlock(view, block, readFooter(bytes, block.at + blockBytes(block)));
}

/** The local time type at a time, seconds since 1970. */
export function zoneFileTimeAt(zone: ZoneFile, seconds: number): LocalTimeSpan {
  const next = zone.changes.find(({ at }) => at > seconds);
  if (next === undefined && zone.after !== null) return posixTimeAt(zone.after, seconds);
  const last = zone.changes.findLast(({ at }) => at <= seconds);
  return { type: last?.type ?? zone.before, untilSeconds: next?.at ?? Number.POSITIVE_INFINITY };
}

interface Header {
  readonly version: number;
  readonly utcIndicators: number;
  readonly standardIndicators: number;
  readonly leaps: number;
  readonly times: number;
  readonly types: number;
  readonly characters: number;
}

interface Block {
  readonly header: Header;
  readonly at: number;
  readonly timeBytes: 4 | 8;
}

function readHeader(view: DataView, at: number): Header | null {
  if (at + HEADER_BYTES > view.byteLength || view.getUint32(at) !== 0x545a6966) return null;
  const [utcIndicators = 0, standardIndicators = 0, leaps = 0, times = 0, types = 0, characters = 0] = [
    20, 24, 28, 32, 36, 40,
  ].map((offset) => view.getUint32(at + offset));
  const counts = { utcIndicators, standardIndicators, leaps, times, types, characters };
  if (Object.values(counts).some((count) => count > COUNT_MAX)) return null;
  return { version: view.getUint8(at + 4), ...counts };
}

function blockBytes({ header, timeBytes }: Block): number {
  const { utcIndicators, standardIndicators, leaps, times, types, characters } = header;
  const lists = times * (timeBytes + 1) + types * TYPE_BYTES + characters + leaps * (timeBytes + 4);
  return lists + utcIndicators + standardIndicators;
}

function readBlock(view: DataView, block: Block, after: PosixTimeZone | null): ZoneFile | null {
  const { header, at, timeBytes } = block;
  if (header.types === 0 || at + blockBytes(block) > view.byteLength) return null;
  const indexesAt = at + header.times * timeBytes;
  const types = readTypes(view, indexesAt + header.times, header);
  if (types === null) return null;
  const changes = [];
  for (let index = 0; index < header.times; index++) {
    const timeAt = at + index * timeBytes;
    const time = timeBytes === 4 ? view.getInt32(timeAt) : Number(view.getBigInt64(timeAt));
    const type = types[view.getUint8(indexesAt + index)];
    if (type === undefined || time <= (changes.at(-1)?.at ?? Number.NEGATIVE_INFINITY)) return null;
    changes.push({ at: time, type });
  }
  return { before: types[0]!, changes, after };
}

function readTypes(view: DataView, at: number, header: Header): LocalTimeType[] | null {
  const namesAt = at + header.types * TYPE_BYTES;
  const types: LocalTimeType[] = [];
  for (let index = 0; index < header.types; index++) {
    const offsetSeconds = view.getInt32(at + index * TYPE_BYTES);
    const nameAt = namesAt + view.getUint8(at + index * TYPE_BYTES + 5);
    const abbreviation = readName(view, nameAt, namesAt + header.characters);
    if (abbreviation === null) return null;
    types.push({ abbreviation, offsetSeconds });
  }
  return types;
}

/** Null when it is not terminated by a zero byte within the names. */
function readName(view: DataView, start: number, end: number): string | null {
  let name = "";
  for (let at = start; at < end; at++) {
    const code = view.getUint8(at);
    if (code === 0) return name;
    name += String.fromCharCode(code);
  }
  return null;
}

/** The zone between two line feeds after the second block; null when it is empty or invalid. */
function readFooter(bytes: Uint8Array, at: number): PosixTimeZone | null {
  const newline = 0x0a;
  if (bytes[at] !== newline) return null;
  const end = bytes.indexOf(newline, at + 1);
  return end === -1
    ? null
    : parsePosixTimeZone(String.fromCharCode(...bytes.subarray(at + 1, Math.min(end, at + 512))));
}
