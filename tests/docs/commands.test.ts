import { spawn } from "node:child_process";
import {
  copyFileSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
} from "node:fs";
import { createInterface } from "node:readline";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { REPOSITORY } from "../support/source-tree.ts";
import { MAIN, TestDaemon } from "../support/daemon.ts";
import { endChild } from "../support/end-child.ts";
import { eventually } from "../support/eventually.ts";
import { SERVER_URL } from "../support/postgres.ts";
import { needs } from "../support/programs.ts";
import { runProgram } from "../support/run-program.ts";
import type { ProgramRun } from "../support/run-program.ts";
import { fencedBlocks, fencedCommands } from "./fenced-blocks.ts";
import type { FencedBlock } from "./fenced-blocks.ts";
import { NOT_RUN } from "./not-run.ts";
import { shapeOf } from "./output-shape.ts";

const PAGES = ["README.md", "CONTRIBUTING.md", "docs/operate.md"] as const;
const TEXTS = Object.fromEntries(PAGES.map((page) => [page, readFileSync(join(REPOSITORY, page), "utf8")]));
const commandsOf = (page: string) => fencedCommands(TEXTS[page]!).filter(({ command }) => !(command in NOT_RUN));
/** Each starts a shell, npm and our program, while others keep the machine busy. */
const TIMEOUT_MS = 60_000;

const withCurl = needs("curl", "npm", "npx");
const withPrometheus = needs("prometheus");
const folder = mkdtempSync(join(tmpdir(), "cloud-monitor-docs-"));
let daemon: TestDaemon;

/** A minimal checkout with links to ours; written files stay in it. */
beforeAll(async () => {
  for (const name of ["node_modules", "packages", "prometheus", "scripts"]) {
    symlinkSync(join(REPOSITORY, name), join(folder, name));
  }
  copyFileSync(join(REPOSITORY, "package.json"), join(folder, "package.json"));
  daemon = new TestDaemon({ cwd: folder, stateDir: join(folder, "var"), env: { STORAGE: "memory" } });
  await daemon.url();
}, TIMEOUT_MS);

afterAll(async () => {
  await daemon.dispose();
  rmSync(folder, { recursive: true });
});

test.each(PAGES)("each fenced block of %s says what it is", (page) => {
  expect(fencedBlocks(TEXTS[page]!).filter(({ language }) => language === "")).toEqual([]);
});

test.each(PAGES)("no command of %s hides in a block that is shown as text", (page) => {
  const others = fencedBlocks(TEXTS[page]!).filter(({ language }) => language !== "sh" && language !== "prose");
  const programs = /^(?:\$ |sudo |npm |npx |node |pnpm |curl |cloudctl |prometheus |export |\w*\/?scripts\/)/m;

  expect(others.filter(({ text }) => programs.test(text))).toEqual([]);
});

test("commands that are not run still exist in a page", () => {
  const commands = PAGES.flatMap((page) => fencedCommands(TEXTS[page]!)).map(({ command }) => command);

  expect(Object.keys(NOT_RUN).filter((command) => !commands.includes(command))).toEqual([]);
});

withCurl(
  "README.md: each command works with the daemon running, and answers as shown",
  async () => {
    const commands = commandsOf("README.md").filter(({ command }) => !command.startsWith("prometheus "));
    const shown: unknown[] = [];
    const seen: unknown[] = [];

    for (const { command, output } of commands) {
      const run = await eventually(
        () => shell(command, folder),
        // The pages say to retry when there is no sample yet.
        ({ stdout }) => !stdout.includes("SAMPLE_NOT_YET"),
      );
      expect({ command, ...run }).toMatchObject({ code: 0 });
      if (output !== null) {
        shown.push({ command, shape: shapeOf(output) });
        seen.push({ command, shape: shapeOf({ ...output, text: answerOf(run, output) }) });
      }
    }

    expect(commands.length).toBeGreaterThanOrEqual(8);
    expect(seen).toEqual(shown);
  },
  TIMEOUT_MS,
);

test("README.md: the problems of a configuration are reported as shown", async () => {
  const shown = fencedBlocks(TEXTS["README.md"]!).find(({ text }) => text.includes("correct it and start again"));
  const args = ["--conditions=source", MAIN, "--check-config", "--htp-host=0.0.0.0"];

  const { code, stdout, stderr } = await runProgram(process.execPath, { args, env: { HTTP_PORT: "80800" } });

  expect({ code, stdout, stderr: stderr.trimEnd() }).toEqual({ code: 2, stdout: "", stderr: shown?.text });
});

withCurl(
  "docs/operate.md: each command works and makes its file",
  async () => {
    for (const { command } of commandsOf("docs/operate.md")) {
      // One second of profile is enough here.
      const run = await shell(command.replace("seconds=10", "seconds=1"), folder);
      expect({ command, ...run }).toMatchObject({ code: 0 });
      const [, file] = / -o (\S+)/.exec(command)!;
      expect(statSync(join(folder, file!)).size).toBeGreaterThan(1_000);
      expect(JSON.parse(readFileSync(join(folder, file!), "utf8"))).toHaveProperty(["nodes"]);
    }
  },
  TIMEOUT_MS,
);

withCurl(
  "CONTRIBUTING.md: each command works without pnpm",
  async () => {
    const commands = commandsOf("CONTRIBUTING.md");

    const runs = await Promise.all(commands.map(({ command }) => shell(command, REPOSITORY)));

    expect(commands).not.toEqual([]);
    for (const run of runs) {
      expect(run).toMatchObject({ code: 0 });
      expect(run.stderr).toMatch(/^Tests: +(\d+ skipped, )?[1-9]\d* passed/m);
    }
  },
  TIMEOUT_MS,
);

describe("README.md: Prometheus", () => {
  withPrometheus("listens on loopback alone and writes where git does not look", async () => {
    const [{ command } = { command: "" }] = commandsOf("README.md").filter((one) =>
      one.command.startsWith("prometheus "),
    );
    const before = readdirSync(folder);

    const log = await logUntilReady(command);

    expect(log).toMatch(/address=127\.0\.0\.1:\d+/);
    expect(log).not.toMatch(/address="?(\[::\]|0\.0\.0\.0|:)/);
    expect(readdirSync(folder)).toEqual(before);
    expect(existsSync(join(folder, "var/prometheus"))).toBe(true);
  });
});

/** As typed by a user, except for the daemon's port. */
async function shell(command: string, cwd: string): Promise<ProgramRun> {
  const url = await daemon.url();
  const env = { ...process.env, CLOUDCTL_URL: url, TEST_DATABASE_URL: process.env[SERVER_URL]! };
  const { CI: _ci, NODE_OPTIONS: _options, ...rest } = env as Record<string, string>;
  const typed = command.replaceAll(/(localhost|127\.0\.0\.1):8080/g, `$1:${new URL(url).port}`);
  return runProgram("/bin/sh", { args: ["-c", `cd '${cwd}' && ${typed}`], env: rest });
}

/** The last line of a table may be a note, which goes to stderr. */
function answerOf({ stdout, stderr }: ProgramRun, { language }: FencedBlock): string {
  return language === "text" ? `${stdout}${stderr}` : stdout;
}

/** The output of a server until it is ready; then it is stopped. */
async function logUntilReady(command: string): Promise<string> {
  const typed = command.replace("127.0.0.1:9090", "127.0.0.1:0");
  const child = spawn("/bin/sh", ["-c", `exec ${typed}`], { cwd: folder, stdio: ["ignore", "ignore", "pipe"] });
  const lines: string[] = [];
  try {
    for await (const line of createInterface(child.stderr)) {
      lines.push(line);
      if (line.includes("Server is ready")) break;
    }
  } finally {
    await endChild(child);
  }
  return lines.join("\n");
}
