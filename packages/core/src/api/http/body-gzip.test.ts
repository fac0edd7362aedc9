import { gunzipSync } from "node:zlib";
import { expect, test } from "@jest/globals";
import fc from "fast-check";
import { BodyGzip } from "./body-gzip.ts";

test("each of many concurrent bodies decompresses to its original", async () => {
  const gzip = new BodyGzip();

  await fc.assert(
    fc.asyncProperty(fc.array(fc.uint8Array({ minLength: 1, maxLength: 5_000 }), { maxLength: 8 }), async (bodies) => {
      const packed = await Promise.all(bodies.map((body) => gzip.compress(Buffer.from(body))));

      expect(packed.map((one) => [...gunzipSync(one)])).toEqual(bodies.map((body) => [...body]));
    }),
    { numRuns: 50 },
  );
});

test("a body whose packed form fills many chunks of the stream unpacks to itself", async () => {
  const body = Buffer.from(Uint32Array.from({ length: 500_000 }, (_, i) => Math.imul(i + 1, 2_654_435_761)).buffer);

  const packed = await new BodyGzip().compress(body);

  expect(packed.length).toBeGreaterThan(1_000_000);
  expect(gunzipSync(packed).equals(body)).toBe(true);
});

test("a body that cannot be compressed does not affect others", async () => {
  const gzip = new BodyGzip();

  await expect(gzip.compress(null as unknown as Buffer)).rejects.toThrow();

  expect(String(gunzipSync(await gzip.compress(Buffer.from("next"))))).toBe("next");
});
