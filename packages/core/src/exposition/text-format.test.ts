import { describe, expect, test } from "@jest/globals";
import { negotiate } from "./text-format.ts";

const PROMETHEUS_2 =
  "application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1";
const PROMETHEUS_3 =
  "application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.5,application/openmetrics-text;version=0.0.1;q=0.4,text/plain;version=1.0.0;escaping=allow-utf-8;q=0.3,text/plain;version=0.0.4;q=0.2,*/*;q=0.1";
const PROMETHEUS_2_TEXT_ONLY = "text/plain;version=0.0.4;q=1,*/*;q=0.1";

describe("negotiate", () => {
  test.each([
    ["Prometheus 2", PROMETHEUS_2, "openmetrics"],
    ["Prometheus 3", PROMETHEUS_3, "openmetrics"],
    ["a scraper of text only", PROMETHEUS_2_TEXT_ONLY, "text"],
    ["curl", "*/*", "text"],
    ["a browser", "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", "text"],
    ["nobody in particular", undefined, "text"],
    ["an empty header", "", "text"],
    ["one who wants JSON", "application/json", "text"],
    ["OpenMetrics without a version", "application/openmetrics-text", "openmetrics"],
    ["a version that is not written here", "application/openmetrics-text; version=2.0.0", "text"],
    ["a preference for text", "application/openmetrics-text;q=0.4, text/plain;q=0.9", "text"],
    ["a refusal of OpenMetrics", "application/openmetrics-text;q=0", "text"],
    ["a quoted version in capitals", 'Application/OpenMetrics-Text; Version="1.0.0"', "openmetrics"],
    ["a quality that is no number", "application/openmetrics-text;q=high", "text"],
  ])("answers %s", (_, accept, format) => {
    expect(negotiate(accept)).toBe(format);
  });
});
