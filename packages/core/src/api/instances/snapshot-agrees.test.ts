import { expect, test } from "@jest/globals";
import fc from "fast-check";
import { formatSnapshot, parseSnapshot } from "../../fleet/inventory-snapshot-format.ts";
import { SIMULATION_FAULTS, SIMULATION_PROFILES } from "../../model/instance.ts";
import { testApi } from "../testing/test-api.ts";

const text = (maxLength: number) => fc.string({ unit: "binary", maxLength });
const candidate = fc.record(
  {
    name: fc.oneof(text(130), fc.string({ unit: "grapheme", minLength: 1, maxLength: 128 })),
    ip: fc.oneof(fc.ipV4(), fc.ipV6(), fc.domain(), text(20)),
    interval: fc.oneof(fc.integer({ min: -1, max: 86_402 }), fc.double()),
    kind: fc.constant("simulated"),
    target: text(50),
    labels: fc.dictionary(fc.stringMatching(/^[a-z_][a-z0-9_]{0,70}$/), text(20), { maxKeys: 18 }),
    simulation: fc.record(
      {
        seed: fc.nat(),
        profile: fc.constantFrom(...SIMULATION_PROFILES),
        fault: fc.constantFrom(...SIMULATION_FAULTS),
        at: fc.oneof(
          fc.date({ noInvalidDate: true }).map((date) => date.toISOString()),
          fc.constantFrom("2026-02-28t23:59:60z", "2026-01-31T12:00:00.123456789+23:59"),
        ),
        delayMs: fc.integer({ min: 0, max: 600_001 }),
      },
      { requiredKeys: [] },
    ),
  },
  { requiredKeys: ["name", "ip"] },
);

test("a snapshot restores whatever the API accepts: a start without the database loses no instance", async () => {
  await using api = await testApi();
  let accepted = 0;

  await fc.assert(
    fc.asyncProperty(candidate, async (body) => {
      if ((await api.call("POST", "/instances", { body })).status === 201) accepted++;
    }),
    // One candidate in eight is valid.
    { numRuns: 500 },
  );

  const instances = [...api.inventory.instances()];
  const parsed = parseSnapshot([...formatSnapshot(instances)].join(""));
  expect(accepted).toBeGreaterThan(10);
  expect(parsed).toEqual({ instances, skipped: 0, firstProblem: null });
});
