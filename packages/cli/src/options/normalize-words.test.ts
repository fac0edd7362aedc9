import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { UsageError } from "../usage-error.ts";
import { KNOWN_OPTIONS } from "./known-options.ts";
import { literal, normalizeWords } from "./normalize-words.ts";

describe("the words of a command line", () => {
  test.each([
    [
      ["history", "0", "--from", "-1h"],
      ["history", "0", "--from=-1h"],
    ],
    [["history", "0", "--from=-1h"], undefined],
    [
      ["history", "0", "-m", "-x", "-m=y", "-mz"],
      ["history", "0", "--metric=-x", "--metric=y", "--metric=z"],
    ],
    [
      ["metrics", "3", "-wo", "json"],
      ["metrics", "3", "--watch", "--output=json"],
    ],
    [
      ["-ojson", "list"],
      ["--output=json", "list"],
    ],
    [
      ["list", "-l", "a=b=c", "--label="],
      ["list", "--label=a=b=c", "--label="],
    ],
    [
      ["list", "--status", ""],
      ["list", "--status="],
    ],
    [
      ["list", "--debug=true"],
      ["list", "--debug"],
    ],
    [
      ["add", "n", "--label", "first\nsecond=x"],
      ["add", "n", "--label=first\nsecond=x"],
    ],
    [
      ["remove", "1", "--", "2"],
      ["remove", "1", "2"],
    ],
    [
      ["simulate", "5", "--seed", "1e3"],
      ["simulate", "5", "--seed=1e3"],
    ],
  ])("%j can be read in one way only", (words, normal) => {
    expect(normalizeWords(words)).toEqual(normal ?? words);
  });

  test("a word after -- is not an option, and is preserved", () => {
    const normal = normalizeWords(["add", "--debug", "--", "--help", "-o", "--", "10.0.0.1"]);

    expect(normal.filter((word) => word.startsWith("-"))).toEqual(["--debug"]);
    expect(normal.map(literal)).toEqual(["add", "--debug", "--help", "-o", "--", "10.0.0.1"]);
  });

  test("for any input, only known options remain, or an error is reported", () => {
    const word = fc.oneof(
      fc.string(),
      fc.constantFrom("--", "-", "list", "-h", "-wq", "-1h", "--__proto__", "--label", "--label.x", "-ojson", "--url="),
      fc.constantFrom(...KNOWN_OPTIONS.map(({ name }) => `--${name}`)),
    );
    const known = new RegExp(`^--(?:${KNOWN_OPTIONS.map(({ name }) => name).join("|")})(?:=|$)`);

    fc.assert(
      fc.property(fc.array(word, { maxLength: 6 }), (words) => {
        try {
          const normal = normalizeWords(words);
          const options = normal.filter((one) => one.startsWith("-") && one !== "-");
          expect(options.filter((option) => !known.test(option))).toEqual([]);
        } catch (error) {
          expect(error).toBeInstanceOf(UsageError);
        }
      }),
    );
  });
});
