import { expect, test } from "@jest/globals";
import { isLoopback } from "./loopback.ts";

test.each(["127.0.0.1", "127.255.0.9", "::1", "::ffff:127.0.0.1", "localhost", "LocalHost"])(
  "%s is loopback",
  (address) => {
    expect(isLoopback(address)).toBe(true);
  },
);

test.each(["0.0.0.0", "::", "10.0.0.1", "128.0.0.1", "::ffff:10.0.0.1", "localhost.example", "", "127.1"])(
  "%s is not loopback",
  (address) => {
    expect(isLoopback(address)).toBe(false);
  },
);
