import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { Batch } from "@cloud-monitor/core";
import { CORE_METRIC_NAMES } from "@cloud-monitor/core";
import type pg from "pg";
import { from as copyFrom } from "pg-copy-streams";

const COPY = `copy sample (instance_id, ts, ${CORE_METRIC_NAMES.join(", ")}) from stdin (format binary)`;
const SIGNATURE = Buffer.from("PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0", "latin1");
const EPOCH_2000_MS = Date.UTC(2000, 0, 1);

/** One COPY of bytes from encodeCopy, in its own transaction. */
export async function copyBinary(client: pg.Client, bytes: Buffer): Promise<void> {
  await pipeline(Readable.from([bytes]), client.query(copyFrom(COPY)));
}

/** A batch in PostgreSQL's binary COPY format: a signature, and for each row the number of fields, their lengths and bits. */
export function encodeCopy(batch: Batch): Buffer {
  const fields = 2 + batch.columns.length;
  const wide = 1 + batch.columns.filter((column) => column.BYTES_PER_ELEMENT === 8).length;
  const rowBytesMax = 2 + fields * 4 + wide * 8 + (fields - wide) * 4;
  const bytes = Buffer.allocUnsafe(SIGNATURE.length + batch.rows * rowBytesMax + 2);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = SIGNATURE.copy(bytes);
  for (let row = 0; row < batch.rows; row++) {
    view.setInt16(at, fields);
    view.setInt32(at + 2, 4);
    view.setInt32(at + 6, batch.ids[row]!);
    view.setInt32(at + 10, 8);
    view.setBigInt64(at + 14, BigInt(batch.timestamps[row]! - EPOCH_2000_MS) * 1000n);
    at = encodeColumns({ batch, row, view, at: at + 22 });
  }
  view.setInt16(at, -1);
  return bytes.subarray(0, at + 2);
}

function encodeColumns({ batch, row, view, at }: { batch: Batch; row: number; view: DataView; at: number }): number {
  let next = at;
  for (const column of batch.columns) {
    const value = column[row]!;
    const length = Number.isNaN(value) ? -1 : column.BYTES_PER_ELEMENT;
    view.setInt32(next, length);
    if (length === 4) view.setFloat32(next + 4, value);
    else if (length === 8) view.setFloat64(next + 4, value);
    next += 4 + Math.max(0, length);
  }
  return next;
}
