import { expect, test } from "@jest/globals";
import { pattern } from "../../../model/setting/values/pattern.ts";
import { nameFilter } from "./name-filter.ts";

test.each([
  ["", "^lo$", ["eth0", "veth1"]],
  ["", "", ["lo", "eth0", "veth1"]],
  ["eth", "", ["eth0", "veth1"]],
  ["^(lo|eth)", "^lo$", ["lo", "eth0"]],
])("include %j and exclude %j select %j", (include, exclude, selected) => {
  expect(["lo", "eth0", "veth1"].filter(nameFilter(expressionOf(include), expressionOf(exclude)))).toEqual(selected);
});

function expressionOf(text: string): RegExp {
  const parsed = pattern.parse(text, { cwd: "/" });
  return parsed.ok ? parsed.value : /^$/;
}
