/** For tests: the contents of a compiled zone. */
export interface TzifText {
  /** Offset and abbreviation of each local time type. */
  readonly types: readonly (readonly [number, string])[];
  /** Time and index of the type. */
  readonly changes: readonly (readonly [number, number])[];
  /** Version 2 and above. */
  readonly footer?: string;
  /** "" is version 1. */
  readonly version: "" | "2" | "3" | "4";
}

/** The format of zic. The first block of version 2 and above is empty except for a type, as in "slim" files. */
export function tzifBytes(zone: TzifText): Buffer {
  if (zone.version === "") return tzifBlock(zone, 4);
  const first = tzifBlock({ version: zone.version, types: [[0, ""]], changes: [] }, 4);
  return Buffer.concat([first, tzifBlock(zone, 8), Buffer.from(`\n${zone.footer ?? ""}\n`)]);
}

function tzifBlock({ version, types, changes }: TzifText, timeBytes: 4 | 8): Buffer {
  const names = types.map(([, name]) => `${name}\0`);
  const header = Buffer.alloc(44);
  header.write(`TZif${version}`);
  for (const [offset, count] of [
    [32, changes.length],
    [36, types.length],
    [40, names.join("").length],
  ] as const) {
    header.writeUInt32BE(count, offset);
  }
  const times = Buffer.alloc(changes.length * timeBytes);
  changes.forEach(([time], index) => {
    if (timeBytes === 4) times.writeInt32BE(time, index * 4);
    else times.writeBigInt64BE(BigInt(time), index * 8);
  });
  const records = types.map(([offset], index) => {
    const record = Buffer.alloc(6);
    record.writeInt32BE(offset, 0);
    record.writeUInt8(names.slice(0, index).join("").length, 5);
    return record;
  });
  return Buffer.concat([
    header,
    times,
    Buffer.from(changes.map(([, type]) => type)),
    ...records,
    Buffer.from(names.join("")),
  ]);
}
