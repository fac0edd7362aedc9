import { expect, test } from "@jest/globals";
import { promqlNames } from "./promql-names.ts";

test.each([
  ["up", ["up"]],
  ['up{job="cloud-monitor"} == 0', ["up"]],
  ["sum by (zone) (rate(a_total[5m])) > bool 0.5", ["a_total"]],
  ["1 - avg without (cpu) (sum without (mode) (rate(a_total[5m])))", ["a_total"]],
  ["a:b:c / on (job, instance) group_left (zone) d unless e", ["a:b:c", "d", "e"]],
  ["avg_over_time(a:b:avg10m[1d] offset 1h) and count(b) >= 648", ["a:b:avg10m", "b"]],
  ["predict_linear(a_bytes[6h], 24 * 3600) < 0", ["a_bytes"]],
  ['a{b="c{d}",e=~"f or g"} or inf', ["a"]],
  ["histogram_quantile(0.99, sum by (le) (a_bucket))", ["a_bucket"]],
])("finds the metrics of %s", (expression, names) => {
  expect(promqlNames(expression)).toEqual(names);
});
