import { expect, test } from "@jest/globals";
import { KeyedCache } from "./keyed-cache.ts";

test("creates a value once and keeps it while each reading uses it", () => {
  let made = 0;
  const cache = new KeyedCache((key) => `${key}${++made}`);

  const values = [1, 2, 3].map(() => {
    const value = cache.get("sda");
    cache.get("sda");
    cache.endReading();
    return value;
  });

  expect(values).toEqual(["sda1", "sda1", "sda1"]);
});

test("evicts what a reading no longer has", () => {
  const cache = new KeyedCache((key) => ({ key }));
  const first = cache.get("veth1");
  cache.get("lo");
  cache.endReading();
  cache.get("lo");
  cache.endReading();

  expect(cache.size).toBe(1);
  expect(cache.get("veth1")).not.toBe(first);
});

test("reports evicted keys", () => {
  const dropped: string[] = [];
  const cache = new KeyedCache(
    (key) => key,
    (value) => dropped.push(value),
  );
  cache.get("veth1");
  cache.get("lo");
  cache.endReading();

  cache.get("lo");
  cache.endReading();

  expect(dropped).toEqual(["veth1"]);
});

test("never grows beyond what one reading and the one before name", () => {
  const cache = new KeyedCache((key) => key);

  for (let reading = 0; reading < 1000; reading++) {
    cache.get(`veth${reading}`);
    cache.endReading();
  }

  expect(cache.size).toBe(1);
});

test("refuses more names than any machine has, and recovers when they are gone", () => {
  const cache = new KeyedCache((key) => key);
  const readMany = () => {
    for (let i = 0; i <= 50_000; i++) cache.get(`veth${i}`);
  };
  expect(readMany).toThrow("there are more than 50000 names");
  expect(readMany).toThrow("there are more than 50000 names");

  for (let reading = 0; reading < 2; reading++) {
    cache.get("veth0");
    cache.endReading();
  }

  expect(cache.size).toBe(1);
  expect(cache.get("eth0")).toBe("eth0");
});
