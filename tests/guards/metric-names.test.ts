import { expect, test } from "@jest/globals";
import { CATALOGUE } from "../../packages/core/src/daemon/catalogue.ts";
import { readTree } from "../support/source-tree.ts";
import { unknownMetrics } from "./metric-names.ts";

const SHOWN = /^(?:README\.md|docs\/.+\.md|prometheus\/.+|grafana\/.+)$/;
const known = (name: string) => CATALOGUE.find(name) !== undefined;
const unknownIn = (text: string) => unknownMetrics([{ path: "docs/a.md", text }], known);

test("every metric of the daemon that a document names is in the catalogue", () => {
  expect(
    unknownMetrics(
      readTree(".", (path) => SHOWN.test(path)),
      known,
    ),
  ).toEqual([]);
});

test("the guard fires on a name that is not in the catalogue", () => {
  expect(unknownIn("alert on `rate(cloud_monitor_rows_lost_total[5m]) > 0`")).toEqual([
    "docs/a.md: cloud_monitor_rows_lost_total",
  ]);
});

test.each([
  "`cloud_monitor_rows_stored_total`",
  'cloud_monitor_http_request_duration_seconds_bucket{le="1"}',
  "`cloud_monitor_*`",
])("the guard is silent on %s", (text) => {
  expect(unknownIn(text)).toEqual([]);
});
