import { expect, test } from "@jest/globals";
import { recordingLogger } from "../../api/testing/recording-logger.ts";
import { testApi } from "../../api/testing/test-api.ts";
import { ManualClock } from "../../model/testing/manual-clock.ts";
import { apiLogger } from "./api-logger.ts";

test("a repeated failure is logged once in ten seconds, and the next line counts the others", async () => {
  const { logger, records } = recordingLogger();
  const clock = new ManualClock();
  const health = () => {
    throw new TypeError("x is undefined");
  };
  await using api = await testApi({ logger: apiLogger(logger, clock), health });

  for (let i = 0; i < 50; i++) expect((await api.call("GET", "/health")).status).toBe(500);
  clock.advance(10_000);
  await api.call("GET", "/health");

  expect(records.map(({ message, fields }) => [message, fields["suppressed"]])).toEqual([
    ["request failed", undefined],
    ["request failed", 49],
  ]);
});
