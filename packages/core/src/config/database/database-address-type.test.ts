import { expect, test } from "@jest/globals";
import fc from "fast-check";
import { databaseAddress } from "./database-address-type.ts";

test("never throws, and what it accepts reads back the same when formatted", () => {
  const anyText = fc.oneof(
    fc.string(),
    fc.stringMatching(/^postgres(?:ql)?:\/\/[\w:@/.,%?&=-]{0,40}$/),
    fc.constant(" postgresql://user:password@host:5432/database "),
  );
  const parse = (text: string) => databaseAddress.parse(text, { cwd: "/work-folder" });

  fc.assert(
    fc.property(anyText, (text) => {
      const outcome = parse(text);

      if (outcome.ok) expect(parse(databaseAddress.format(outcome.value))).toEqual(outcome);
    }),
  );
});
