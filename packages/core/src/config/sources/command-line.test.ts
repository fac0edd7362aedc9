import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { parseCommandLine } from "./command-line.ts";
import { helpText } from "../help-text.ts";
import { flagOf } from "../setting.ts";
import { SETTINGS } from "../settings.ts";

describe("the command line", () => {
  it("runs the daemon by default", () => {
    expect(parseCommandLine([])).toEqual({ action: "run", configFile: null, values: [], problems: [] });
  });

  it.each([
    [["--check-config"], "check-config"],
    [["--show-config"], "show-config"],
    [["--version"], "version"],
    [["-V"], "version"],
    [["--version", "--help", "--check-config"], "help"],
    [["--nonsense", "-h"], "help"],
  ])("%j asks for %s", (argv, action) => {
    expect(parseCommandLine(argv).action).toBe(action);
  });

  it("uses the last of a repeated flag", () => {
    const { values } = parseCommandLine(["--http-port=1", "--http-port", "2"]);

    expect(values.map(({ text }) => text)).toEqual(["2"]);
  });

  it("never throws", () => {
    const flag = fc.constantFrom("--", "-", "--http-port", "--daemon=", "--no-daemon", "--config", "-abc", "--=x");

    fc.assert(
      fc.property(fc.array(fc.oneof(fc.string(), flag), { maxLength: 6 }), (argv) => {
        expect(parseCommandLine(argv).action).toEqual(expect.any(String));
      }),
    );
  });
});

describe("the help text", () => {
  it("has one line per flag", () => {
    const lines = helpText().split("\n");

    const flags = lines.map((line) => /^ {2}(--[\w.-]+)/.exec(line)?.[1]);

    expect(SETTINGS.map(flagOf).filter((flag) => !flags.includes(flag))).toEqual([]);
  });
});
