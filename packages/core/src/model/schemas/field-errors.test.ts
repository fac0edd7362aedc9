import { expect, test } from "@jest/globals";
import { fieldErrors } from "./field-errors.ts";

const parentSchema = { description: "a whole number" };

test("a field that broke several rules is named once", () => {
  const violations = ["minLength", "pattern"].map((keyword) => ({
    keyword,
    instancePath: "/name",
    params: {},
    parentSchema,
  }));

  expect(fieldErrors(violations)).toEqual([{ where: "/name", message: "must be a whole number" }]);
});

test("a missing field and an unknown one are pointed at by name", () => {
  const errors = fieldErrors([
    { keyword: "required", instancePath: "", params: { missingProperty: "ip" } },
    { keyword: "additionalProperties", instancePath: "/labels", params: { additionalProperty: "a/b~c" } },
  ]);

  expect(errors).toEqual([
    { where: "/ip", message: "is missing" },
    { where: "/labels/a~1b~0c", message: "not allowed here" },
  ]);
});

test("at most 64 characters of the name of an unknown field are repeated", () => {
  const params = { additionalProperty: "x".repeat(10_000) };

  const [error] = fieldErrors([{ keyword: "additionalProperties", instancePath: "", params }]);

  expect(error?.where).toHaveLength(65);
});
