import { describe, expect, test } from "@jest/globals";
import { formatMetricValue } from "./metric-value.ts";

describe("formatMetricValue", () => {
  test.each([
    ["cpu_usage_percent", 12.345, "12.35 %"],
    ["memory_total_bytes", 8_000_000_000, "7.45 GiB"],
    ["network_receive_bytes_per_second", 999, "999 B/s"],
    ["uptime_seconds", 93_784, "1d 2h"],
    ["load1", 0.42, "0.42"],
    ["up", 1, "1"],
    ["swap_used_bytes", null, "-"],
  ])("%s %p reads %s", (name, value, text) => {
    expect(formatMetricValue(name, value)).toBe(text);
  });
});
