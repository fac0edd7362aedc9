import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { wantedFormat, wantsGzip } from "./negotiate.ts";

describe("gzip", () => {
  test.each([
    ["gzip"],
    ["GZIP"],
    ["x-gzip"],
    ["deflate, gzip;q=0.5"],
    ["gzip, deflate, br, zstd"],
    ["*"],
    ["*;q=0, gzip"],
    ["gzip;q=0.001"],
    ["br;q=1, gzip ; q=0.8 , *;q=0.1"],
    ["identity;q=0, *"],
    [",, gzip,"],
  ])("is sent to a client that says %s", (header) => {
    expect(wantsGzip(header)).toBe(true);
  });

  test.each([
    ["gzip;q=0"],
    ["gzip; q=0.0"],
    ["gzip ;\tQ=0.000"],
    ["*, gzip;q=0"],
    ["gzip;q=0, *"],
    ["X-GZIP;q=0, *;q=1"],
    ["*;q=0"],
    ["gzip;q=0.4, identity;q=0.5"],
    ["gzip;q=high"],
    ["br"],
    ["gzip2, not-gzip"],
    ["identity"],
    ["identity;q=0"],
    [""],
    [undefined],
  ])("is not sent to a client that says %s", (header) => {
    expect(wantsGzip(header)).toBe(false);
  });

  test("is sent when its own quality, else that of the wildcard, is over 0 and over that of no coding, in any order", () => {
    const quality = fc.integer({ min: 0, max: 1_000 });
    const codings = fc.record(
      { gzip: quality, "*": quality, identity: quality, br: quality, deflate: quality },
      { requiredKeys: [] },
    );
    const blanks = fc.constantFrom("", " ", "\t", "  ");

    fc.assert(
      fc.property(codings, fc.infiniteStream(fc.nat()), blanks, (wanted, order, blank) => {
        const ranges = Object.entries(wanted).map(([name, q]) => ({
          text: `${name}${blank};${blank}q=${q / 1_000}`,
          at: order.next().value,
        }));
        const header = ranges
          .sort((a, b) => a.at - b.at)
          .map(({ text }) => text)
          .join(`${blank},`);
        const gzip = wanted.gzip ?? wanted["*"] ?? 0;
        const identity = wanted.identity ?? wanted["*"];

        // A tie is resolved by the order in the header; unless mentioned, no coding is the last choice.
        fc.pre(gzip !== identity);
        expect(wantsGzip(header)).toBe(gzip > 0 && gzip > (identity ?? 0));
      }),
    );
  });

  test("is judged of any text whatever", () => {
    fc.assert(fc.property(fc.string(), (header) => typeof wantsGzip(header) === "boolean"));
  });
});

const PROMETHEUS_2 =
  "application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1";
const PROMETHEUS_2_OLD = "application/openmetrics-text; version=0.0.1,text/plain;version=0.0.4;q=0.5,*/*;q=0.1";
const PROMETHEUS_3 =
  "application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.5,application/openmetrics-text;version=0.0.1;q=0.4,text/plain;version=1.0.0;escaping=allow-utf-8;q=0.3,text/plain;version=0.0.4;q=0.2,*/*;q=0.1";
const PROMETHEUS_3_TEXT_ONLY =
  "text/plain;version=1.0.0;escaping=allow-utf-8;q=0.6,text/plain;version=0.0.4;q=0.5,*/*;q=0.4";
const PROTOBUF = `application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited;q=0.6,${PROMETHEUS_3}`;

describe("the format", () => {
  test.each([
    ["Prometheus 2", PROMETHEUS_2, "openmetrics"],
    ["Prometheus 2 of old", PROMETHEUS_2_OLD, "text"],
    ["Prometheus 3", PROMETHEUS_3, "openmetrics"],
    ["Prometheus 3, of text only", PROMETHEUS_3_TEXT_ONLY, "text"],
    ["Prometheus with native histograms", PROTOBUF, "openmetrics"],
    ["a scraper of text only", "text/plain;version=0.0.4;q=1,*/*;q=0.1", "text"],
    ["curl", "*/*", "text"],
    ["a browser", "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", "text"],
    ["nobody in particular", undefined, "text"],
    ["an empty header", "", "text"],
    ["one who wants JSON", "application/json", "text"],
    ["OpenMetrics without a version", "application/openmetrics-text", "openmetrics"],
    ["OpenMetrics with a charset", "application/openmetrics-text; charset=utf-8; version=1.0.0", "openmetrics"],
    ["a version that is not written here", "application/openmetrics-text; version=2.0.0", "text"],
    ["a preference for text", "application/openmetrics-text;q=0.4, text/plain;q=0.9", "text"],
    ["a refusal of OpenMetrics", "application/openmetrics-text;q=0", "text"],
    ["a refusal of OpenMetrics beside a wildcard", "*/*, application/openmetrics-text;q=0", "text"],
    ["a refusal of text beside a wildcard", "text/plain;q=0, */*", "openmetrics"],
    ["a wildcard of applications over one of everything", "application/*, */*;q=0.1", "openmetrics"],
    ["a wildcard of texts over OpenMetrics by name", "text/*, application/openmetrics-text;q=0.9", "text"],
    [
      "OpenMetrics by name over a wildcard, in any order",
      "*/*;q=0.1, application/openmetrics-text;q=0.2",
      "openmetrics",
    ],
    ["a refusal of everything", "*/*;q=0", "text"],
    ["a refusal of everything but OpenMetrics", "*/*;q=0, application/openmetrics-text", "openmetrics"],
    ["a quoted version in capitals", 'Application/OpenMetrics-Text; Version="1.0.0"', "openmetrics"],
    ["a quality that is no number", "application/openmetrics-text;q=high", "text"],
  ])("for %s", (_, accept, format) => {
    expect(wantedFormat(accept)).toBe(format);
  });

  test("is one of the two for any text whatever", () => {
    fc.assert(fc.property(fc.string(), (accept) => expect(["text", "openmetrics"]).toContain(wantedFormat(accept))));
  });
});
