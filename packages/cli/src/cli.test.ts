import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { createServer } from "node:net";
import { PassThrough } from "node:stream";
import { describe, expect, test } from "@jest/globals";
import { runCli } from "./cli.ts";
import { COMMAND_NAMES } from "./command-names.ts";
import { SHELLS } from "./completion/scripts.ts";
import { KNOWN_OPTIONS } from "./options/known-options.ts";
import { VERSION } from "./version.ts";

async function cloudctl(argv: string[], env: Record<string, string> = {}) {
  const stdout = new PassThrough();
  const stderr = new PassThrough();
  const clock = { wallMs: () => 0, after: () => () => {} };
  const exitCode = await runCli(argv, { env, stdout, stderr, clock, signal: new AbortController().signal });
  return { exitCode, stdout: textOf(stdout), stderr: textOf(stderr) };
}

function textOf(stream: PassThrough): string {
  return String(stream.read() ?? "");
}

/** An address without a listener. */
function closedAddress(): Promise<string> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const address = server.address();
      const port = typeof address === "object" ? address?.port : undefined;
      server.close(() => resolve(`http://127.0.0.1:${port}`));
    });
  });
}

describe("help", () => {
  test("lists every command, on stdout", async () => {
    const { exitCode, stdout, stderr } = await cloudctl(["--help"]);

    expect(exitCode).toBe(0);
    expect([...stdout.matchAll(/^ {2}cloudctl (\w+)/gm)].map(([, name]) => name)).toEqual(COMMAND_NAMES);
    expect(stderr).toBe("");
  });

  test("never shows the token of the environment", async () => {
    const { stdout } = await cloudctl(["list", "--help"], { CLOUDCTL_TOKEN: "s3cret" });

    expect(stdout).toContain("--status");
    expect(stdout).not.toContain("s3cret");
  });

  test("--version prints the version of package.json", async () => {
    const text = readFileSync(new URL("../package.json", import.meta.url), "utf8");

    expect(await cloudctl(["--version"])).toMatchObject({ exitCode: 0, stdout: `${VERSION}\n` });
    expect(JSON.parse(text)).toMatchObject({ version: VERSION });
  });
});

test("the options of every help are those that command lines are read by", async () => {
  const helps = await Promise.all(COMMAND_NAMES.map(async (command) => (await cloudctl([command, "--help"])).stdout));
  const shown = helps.flatMap((help) => [
    ...help.matchAll(/^ +(?:-(\w), |)--([\w-]+) [^]*?\[(boolean|string|array|choices)/gm),
  ]);

  const known = KNOWN_OPTIONS.map(({ name, short, isFlag = false }) => ({ name, short, isFlag }));
  const options = shown.map(([, short, name, type]) => ({ name, short, isFlag: type === "boolean" }));

  expect(options).toEqual(expect.arrayContaining(known));
  expect(known).toEqual(expect.arrayContaining(options));
});

describe("an invalid command line exits with 2, says why on stderr, and does nothing", () => {
  test.each([
    [[], /missing command; one of list, add/],
    [["lst"], /unknown command "lst"; did you mean "list"\?/],
    [["frobnicate"], /unknown command "frobnicate"\n/],
    [["list", "--statu", "up"], /unknown argument: --statu; did you mean "--status"\?\n {2}`cloudctl list --help`/],
    [["list", "--watch"], /unknown argument: --watch\n/],
    [["add", "n", "10.0.0.1", "--label.zone", "x"], /unknown argument: --label\.zone/],
    [["add", "n", "10.0.0.1", "--kind", "host"], /kind: "host" is not one of "simulated", "scrape", "probe"/],
    [["add", "n", "10.0.0.1", "--fault", "hang", "--fault", "slow"], /--fault is given twice/],
    [["add", "-dash", "10.0.0.1"], /unknown argument: -dash; a name that begins with a dash goes after --/],
    [["add", "--", "-dash"], /add needs more arguments/],
    [["list", "--", "-x"], /unknown argument: -x\n/],
    [["list", "--no-debug"], /unknown argument: --no-debug/],
    [["list", "--__proto__", "x"], /unknown argument: --__proto__/],
    [["list", "--constructor=x"], /unknown argument: --constructor/],
    [["list", "--debug=maybe"], /--debug takes no value; found "maybe"/],
    [["list", "-q", "-o", "json"], /use either -q \(ids only\) or -o json \(whole instances\), not both/],
    [["list", "--label", "--help"], /--label needs a value, found the option --help; write --label=--help/],
    [["list", "-l"], /-l needs a value/],
    [["simulate", "5", "-l", "a=b", "-l", "c=d"], /--label is given twice/],
    [["history", "--id", "5"], /unknown argument: --id/],
    [["metrics", "--", "-1"], /"-1" is not an id/],
    [["constructor"], /unknown command "constructor"/],
    [["list", "--status", "off"], /status: "off" is not one of "up", "down", "stale", "pending"/],
    [["list", "--limit", "0"], /--limit: "0" is not a number above 0/],
    [["list", "--url", "http://a", "--url", "http://b"], /--url is given twice/],
    [["list", "extra"], /unknown argument: extra/],
    [["list", "-l", "zone"], /"zone" is not a label; write name=value/],
    [["add", "web-1"], /add needs more arguments/],
    [["metrics", "web-1"], /"web-1" is not an id/],
    [["remove", "1", "x"], /"x" is not an id/],
    [["history", "1", "--from", "soon"], /--from: "soon" is not a time/],
    [["simulate"], /simulate needs a number of instances/],
    [["simulate", "5", "--remove"], /a number or --remove, not both/],
    [["health", "--url", "localhost:8080"], /"localhost:8080" is not an address/],
    [["completion", "tcsh"], /"tcsh" is not one of "bash", "zsh", "fish"/],
  ])("%j", async (argv, message) => {
    const { exitCode, stdout, stderr } = await cloudctl(argv);

    expect(stderr).toMatch(message);
    expect(stdout).toBe("");
    expect(exitCode).toBe(2);
  });
});

describe("a daemon that does not respond", () => {
  test("exits with 5 and reports the address and what to do, never the token", async () => {
    const url = await closedAddress();

    const { exitCode, stdout, stderr } = await cloudctl(["list", "--debug"], {
      CLOUDCTL_URL: url,
      CLOUDCTL_TOKEN: "s3cret",
    });

    expect(exitCode).toBe(5);
    expect(stdout).toBe("");
    expect(stderr).toMatch(`cloudctl: ${url} does not respond: connection refused\n  start the daemon there`);
    expect(stderr).toMatch(/UnreachableError.*\n +at /);
    expect(stderr).not.toContain("s3cret");
  });

  test("an option takes precedence over the environment", async () => {
    const url = await closedAddress();

    const { stderr } = await cloudctl(["health", "--url", url], { CLOUDCTL_URL: "http://192.0.2.1" });

    expect(stderr).toContain(url);
  });

  test("a token file that is missing is said by name", async () => {
    const { exitCode, stderr } = await cloudctl(["list"], { CLOUDCTL_TOKEN_FILE: "/nonexistent/token" });

    expect(exitCode).toBe(2);
    expect(stderr).toContain("/nonexistent/token");
  });
});

describe("completion", () => {
  test.each(SHELLS)("the script for %s gets completions from cloudctl", async (shell) => {
    const { exitCode, stdout } = await cloudctl(["completion", shell]);

    expect(exitCode).toBe(0);
    expect(stdout).toContain(`SHELL=${shell} cloudctl --get-yargs-completions`);
  });

  test("bash accepts its script", async () => {
    const { stdout } = await cloudctl(["completion", "bash"]);

    const bash = spawnSync("bash", ["-c", `${stdout}\ncomplete -p cloudctl`], { encoding: "utf8" });

    expect(bash.stdout).toBe("complete -F _cloudctl cloudctl\n");
  });

  test("offers commands and the choices of an option", async () => {
    const commands = await cloudctl(["--get-yargs-completions", "cloudctl", ""]);
    const choices = await cloudctl(["--get-yargs-completions", "cloudctl", "list", "--kind", ""]);

    expect(commands.stdout.match(/^\w+/gm)).toEqual(COMMAND_NAMES);
    expect(choices.stdout).toBe("simulated\nhost\nscrape\nprobe\n");
  });

  test("completes no ids when the daemon does not respond", async () => {
    const env = { CLOUDCTL_URL: await closedAddress() };

    const { exitCode, stderr } = await cloudctl(["--get-yargs-completions", "cloudctl", "metrics", ""], env);

    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
  });
});
