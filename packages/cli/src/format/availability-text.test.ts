import { expect, test } from "@jest/globals";
import { availabilityText } from "./availability-text.ts";

test.each([
  [0.99979, 1, 26, "99.97 %, 1 outage of 26s"],
  [0.999999, 3, 61, "99.99 %, 3 outages, the longest 1m 1s"],
  [1, 0, 0, "100.00 %, no outage"],
  [0, 1, 5, "0.00 %, 1 outage of 5s"],
  [null, 0, 0, "unknown"],
])("%p with %i outages, the longest of %i s, is %s", (availability, outages, longestOutageSeconds, text) => {
  const seconds = { upSeconds: 0, downSeconds: 0, unknownSeconds: 0 };
  const range = { from: "", to: "" };

  expect(availabilityText({ ...range, ...seconds, availability, outages, longestOutageSeconds })).toBe(text);
});
