import { expect, test } from "@jest/globals";
import { metricOf, selectorsOf } from "./promql-selectors.ts";

test.each([
  ["up", ["up"]],
  ['up{job="a"} == 0', ['up{job="a"}']],
  ["rate(a_total[5m]) / rate(b_total[5m])", ["a_total", "b_total"]],
  ["sum by (zone) (x * on (id, name) group_left (zone) y)", ["x", "y"]],
  ['sum without (a) (increase(b{c!="d"}[1h:1m] offset 1d)) > bool 0', ['b{c!="d"}']],
  ["a:b:rate5m and c unless d or e", ["a:b:rate5m", "c", "d", "e"]],
  ["x{a=\"}\",b='{'} + predict_linear(y[6h], 24 * 3600) < 1e9", ["x{a=\"}\",b='{'}", "y"]],
  ["count(a) > 0.5 and a < +Inf", ["a"]],
  ["absent(up{job='x'})", ["up{job='x'}"]],
])("finds what %s reads", (expression, expected) => {
  const selectors = selectorsOf(expression);

  expect(selectors).toEqual(expected);
});

test("the metric of a selector precedes its matchers", () => {
  expect(metricOf('a:b_total{c="d"}')).toBe("a:b_total");
});
