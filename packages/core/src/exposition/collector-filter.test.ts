import { describe, expect, test } from "@jest/globals";
import { collectorFilter } from "./collector-filter.ts";

const KNOWN = new Set(["cpu", "meminfo", "daemon"]);

describe("collectorFilter", () => {
  test("wants everything without a choice", () => {
    const wants = collectorFilter({}, KNOWN);

    expect([...KNOWN].filter(wants)).toEqual(["cpu", "meminfo", "daemon"]);
  });

  test("wants only what collect names", () => {
    const wants = collectorFilter({ collect: new Set(["cpu"]), exclude: new Set() }, KNOWN);

    expect([...KNOWN].filter(wants)).toEqual(["cpu"]);
  });

  test("wants all but what exclude names", () => {
    const wants = collectorFilter({ exclude: new Set(["cpu"]) }, KNOWN);

    expect([...KNOWN].filter(wants)).toEqual(["meminfo", "daemon"]);
  });

  test.each([
    [
      "a name that is not there, without repeating it",
      { collect: new Set(["cpu", "<script>"]) },
      "enabled are: cpu, daemon, meminfo",
    ],
    ["both at once", { collect: new Set(["cpu"]), exclude: new Set(["daemon"]) }, "give one of them"],
  ])("refuses %s", (_, choice, message) => {
    expect(() => collectorFilter(choice, KNOWN)).toThrow(
      expect.objectContaining({ code: "COLLECTOR_UNKNOWN", message: expect.stringContaining(message) }),
    );
    expect(() => collectorFilter(choice, KNOWN)).not.toThrow("script");
  });
});
