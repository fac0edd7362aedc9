import type { Gzip, ZlibReset } from "node:zlib";
import { constants, createGzip } from "node:zlib";

/** Level 1: 12 MB of text in 35 ms to 1.6 MB; level 6 takes twice as long for 5 % less. */
const GZIP_LEVEL = constants.Z_BEST_SPEED;

const CHUNK_BYTES = 64 * 1024;

/** Node documents `reset` for every compressor; the types declare it only for some. */
type ResettableGzip = Gzip & ZlibReset;

/**
 * Compresses whole bodies, one after the other, with one stream that is reset between them. A stream per body is promoted
 * to V8's old generation with everything it references: a full collection every 100 scrapes, 0.2 of a scrape's 1.6 ms, and a
 * heap that grew by 30 MB.
 */
export class BodyGzip {
  #stream: ResettableGzip | null = null;
  #chunks: Buffer[] = [];
  #last: Promise<unknown> = Promise.resolve();

  compress(plain: Buffer): Promise<Buffer> {
    const own = this.#last.then(() => this.#compress(plain));
    // The caller gets the failure of a body; the next one starts with a new stream.
    this.#last = own.catch(() => {});
    return own;
  }

  #compress(plain: Buffer): Promise<Buffer> {
    const stream = (this.#stream ??= this.#open());
    return new Promise((resolve, reject) => {
      stream.write(plain, (error) => {
        if (Error.isError(error)) return reject(error);
        const rest = stream.read() as Buffer | null;
        resolve(Buffer.concat(rest === null ? this.#chunks : [...this.#chunks, rest]));
        this.#chunks = [];
        stream.reset();
      });
    });
  }

  #open(): ResettableGzip {
    this.#chunks = [];
    // Z_FINISH: each write is a complete body.
    const stream = createGzip({
      level: GZIP_LEVEL,
      flush: constants.Z_FINISH,
      chunkSize: CHUNK_BYTES,
    }) as ResettableGzip;
    stream.on("data", (chunk: Buffer) => this.#chunks.push(chunk));
    stream.on("error", () => {
      if (this.#stream === stream) this.#stream = null;
    });
    return stream;
  }
}
