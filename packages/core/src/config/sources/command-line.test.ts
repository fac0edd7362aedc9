import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { parseCommandLine } from "./command-line.ts";
import { NODE_EXPORTER_FLAGS } from "./node-exporter-flags.ts";
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

describe("flags of node_exporter", () => {
  it("that are called otherwise are refused with what to give instead", () => {
    const { problems } = parseCommandLine(["--log.level=debug", "--collector.netdev.device-whitelist=eth0"]);

    expect(problems).toEqual([
      { where: "--log.level", message: "is a flag of node_exporter; give --log-level" },
      {
        where: "--collector.netdev.device-whitelist",
        message: "is a flag of node_exporter; give --collector.netdev.device-include",
      },
    ]);
  });

  it("name flags that exist", () => {
    const given = Object.values(NODE_EXPORTER_FLAGS).flatMap((advice) => /--[a-z.-]+/.exec(advice) ?? []);

    expect(
      given.filter((flag) =>
        parseCommandLine([`${flag}=1`]).problems.some(({ message }) => message.startsWith("unknown")),
      ),
    ).toEqual([]);
  });

  it("of a list may be repeated", () => {
    const { values, problems } = parseCommandLine([
      "--web.listen-address=:9100",
      "--web.listen-address",
      "127.0.0.1:9101",
    ]);

    expect(problems).toEqual([]);
    expect(values.map(({ text }) => text)).toEqual([":9100,127.0.0.1:9101"]);
  });
});
