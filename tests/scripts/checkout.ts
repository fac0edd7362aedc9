import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const SCRIPTS = fileURLToPath(new URL("../../scripts", import.meta.url));

/** The `npx` here: records its call and creates what an installation creates. */
const NPX = `#!/bin/sh
echo "$* cache=$npm_config_cache" >> "$PWD/npx-calls"
test -e "$PWD/no-network" && exit 7
mkdir -p node_modules packages/core/node_modules
`;

/** The bundle here: a daemon that prints what it receives, and exits as its argument says. */
const DAEMON = `
import { Socket } from "node:net";
const [how] = process.argv.slice(2);
for (const name of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(name, () => {
  console.log("got " + name);
  setTimeout(() => process.exit(5), 300);
});
new Socket({ fd: Number(process.env.CLOUD_MONITOR_PARENT_FD) }).on("close", () => {
  console.log("parent gone");
  process.exit(0);
}).resume();
console.log("daemon " + process.pid);
if (how === "die") process.kill(process.pid, "SIGKILL");
setTimeout(() => {}, 60_000);
`;

const BUNDLER = `
import { mkdirSync, writeFileSync } from "node:fs";
import { bundleFingerprint } from "./fingerprint.mjs";
mkdirSync("packages/core/dist", { recursive: true });
writeFileSync("packages/core/dist/main.js", ${JSON.stringify(DAEMON)});
writeFileSync("packages/core/dist/.bundle-stamp", bundleFingerprint(process.cwd()));
console.log("bundled");
`;

const STEPS = ["format:check", "lint", "types", "unused", "bundle", "jest"];

/** A minimal checkout: the real run.mjs with a fake npx, bundler and daemon. Everything it starts exits with it. */
export class Checkout {
  readonly folder: string = mkdtempSync(join(tmpdir(), "run-mjs-"));
  readonly #pids: number[] = [];

  constructor() {
    for (const name of ["core", "client", "cli", "private-postgres"]) {
      this.write(`packages/${name}/package.json`, "{}");
      this.write(`packages/${name}/src/index.ts`, "");
    }
    cpSync(SCRIPTS, join(this.folder, "scripts"), { recursive: true });
    this.write("scripts/bundle.mjs", BUNDLER);
    this.scripts({});
    this.write("pnpm-lock.yaml", "");
    this.write("pnpm-workspace.yaml", "");
    this.write("bin/npx", NPX, 0o755);
    this.write("home/.keep", "");
  }

  /** The scripts of package.json: steps of `npm test` that print their names, except those given. */
  scripts(given: Readonly<Record<string, string>>): void {
    const scripts = { ...Object.fromEntries(STEPS.map((name) => [name, `echo ran ${name}`])), ...given };
    this.write("package.json", JSON.stringify({ type: "module", packageManager: "pnpm@1.2.3+sha512.abc", scripts }));
  }

  write(path: string, text: string, mode = 0o644): void {
    mkdirSync(dirname(join(this.folder, path)), { recursive: true });
    writeFileSync(join(this.folder, path), text, { mode });
  }

  run(node: string, args: readonly string[], environment: Record<string, string> = {}): Run {
    return this.#spawn([node, join(this.folder, "scripts/run.mjs"), ...args], environment);
  }

  /** A minimal `npm start`: a process that waits for run.mjs, and whose exit does not reach it. */
  runBelowNpm(node: string): Run {
    const shell = `"${node}" scripts/run.mjs start & wait`;
    return this.#spawn(["/bin/sh", "-c", shell], { npm_lifecycle_event: "start" });
  }

  #spawn([program, ...args]: string[], environment: Record<string, string>): Run {
    const child = spawn(program!, args, {
      cwd: this.folder,
      env: { PATH: `${join(this.folder, "bin")}:/usr/bin:/bin`, HOME: join(this.folder, "home"), ...environment },
      stdio: ["ignore", "pipe", "pipe"],
    });
    this.#pids.push(child.pid!);
    return new Run(child, (pid) => this.#pids.push(pid));
  }

  dispose(): void {
    for (const pid of this.#pids) {
      try {
        process.kill(pid, "SIGKILL");
      } catch {
        // It has exited by itself, as it should.
      }
    }
    rmSync(this.folder, { recursive: true });
  }
}

/** One call of run.mjs. */
export class Run {
  readonly child: ChildProcess;
  readonly lines: string[] = [];
  /** Resolves when it and all holders of its output have exited. */
  readonly closed: Promise<{ code: number | null; signal: NodeJS.Signals | null }>;

  constructor(child: ChildProcess, onDaemon: (pid: number) => void) {
    this.child = child;
    this.closed = new Promise((resolve) => child.once("close", (code, signal) => resolve({ code, signal })));
    for (const input of [child.stdout!, child.stderr!]) {
      createInterface({ input }).on("line", (line) => {
        this.lines.push(line);
        const pid = /^daemon (\d+)$/.exec(line)?.[1];
        if (pid !== undefined) onDaemon(Number(pid));
      });
    }
  }

  /** Resolves with the process id of the daemon once it runs. */
  async daemon(): Promise<number> {
    for (;;) {
      const pid = this.lines.map((line) => /^daemon (\d+)$/.exec(line)?.[1]).find((found) => found !== undefined);
      if (pid !== undefined) return Number(pid);
      if (this.child.exitCode !== null) throw new Error(`run.mjs ended: ${this.lines.join("\n")}`);
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }
}
