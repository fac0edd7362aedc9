import { STATUS_CODES } from "node:http";
import { expect, test } from "@jest/globals";
import { ERRORS } from "../../model/errors.ts";
import { statusTitle } from "./status-title.ts";

const statuses = new Set(Object.values(ERRORS).flatMap(({ status }) => (status === null ? [] : [status])));

test.each([...statuses])("%d has the same title as in Node", (status) => {
  expect(statusTitle(status)).toBe(STATUS_CODES[status]);
});

test("a status that no error has is an error all the same", () => {
  expect(statusTitle(418)).toBe("Error");
});
