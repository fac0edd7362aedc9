import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { eventually } from "../support/eventually.ts";
import { runProgram } from "../support/run-program.ts";
import type { ProgramRun } from "../support/run-program.ts";
import { debianRoot } from "./debian-root.ts";

const CHECKOUT = fileURLToPath(new URL("../../", import.meta.url));
const BOOT = fileURLToPath(new URL("boot.sh", import.meta.url));
/** The tests' own environment is not passed to the machine. */
const ENVIRONMENT = ["env", "-i", "PATH=/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "LANG=C.UTF-8"];
/** nspawn mounts the controllers of version 1 read-only; without this systemd cannot apply MemoryMax or TasksMax. */
const OPEN_CONTROLLERS =
  "for c in memory pids cpu cpuacct; do [ ! -d /sys/fs/cgroup/$c ] || mount -o remount,bind,rw /sys/fs/cgroup/$c; done; systemctl daemon-reexec";

/** A Debian booted by systemd, with this checkout in /src, read-only, and its own network. */
export class BootedMachine {
  readonly #boot: ChildProcess;
  readonly #ended: Promise<void>;
  /** A unique number per boot: the process id of the container's supervisor. */
  #boots: readonly number[] = [];
  #systemd = 0;

  private constructor(boot: ChildProcess) {
    this.#boot = boot;
    this.#ended = new Promise((resolve) => boot.once("close", () => resolve()));
    boot.stdout!.on("data", (chunk: Buffer) => {
      this.#boots = [...this.#boots, Number(String(chunk))];
    });
  }

  static async boot(suite: string): Promise<BootedMachine> {
    const root = await debianRoot(suite);
    const scratch = mkdtempSync(join(tmpdir(), "cloud-monitor-booted-"));
    const boot = spawn(BOOT, [root, scratch, `--bind-ro=${CHECKOUT}:/src`], { stdio: ["ignore", "pipe", "inherit"] });
    const machine = new BootedMachine(boot);
    await machine.#waitUntilUp(1);
    return machine;
  }

  /** Runs a shell script in the machine, as root. */
  run(script: string): Promise<ProgramRun> {
    return this.#enter(["-a", "--", ...ENVIRONMENT, "sh", "-c", script]);
  }

  /** The same; rejects when it fails, else resolves to its output. */
  async sh(script: string): Promise<string> {
    const { code, stdout, stderr } = await this.run(script);
    if (code !== 0) throw new Error(`${script}: exit code ${code}: ${stdout}${stderr}`);
    return stdout.trimEnd();
  }

  /** `systemctl show`: one property of a unit. */
  show(property: string, unit = "cloud-monitor"): Promise<string> {
    return this.sh(`systemctl show --property=${property} --value ${unit}`);
  }

  /** This machine's curl in the network of that machine; resolves to the body, or rejects. */
  async http(path: string, ...args: readonly string[]): Promise<string> {
    const url = path.startsWith(":") ? `http://127.0.0.1${path}` : `http://127.0.0.1:8080${path}`;
    const { code, stdout, stderr } = await this.#enter(["-n", "--", "curl", "-sS", "-m", "60", ...args, url]);
    if (code !== 0) throw new Error(`${path}: ${stderr}`);
    return stdout;
  }

  async status(path: string, ...args: readonly string[]): Promise<number> {
    return Number(await this.http(path, "-o", "/dev/null", "-w", "%{http_code}", ...args));
  }

  async reboot(): Promise<void> {
    const boots = this.#boots.length;
    await this.sh("systemctl reboot");
    await this.#waitUntilUp(boots + 1);
  }

  /** Shuts the machine down and removes it. */
  async stop(): Promise<void> {
    this.#boot.kill("SIGTERM");
    await this.#ended;
  }

  async #waitUntilUp(boots: number): Promise<void> {
    await eventually(() => this.#boots.length >= boots);
    this.#systemd = (await eventually(() => firstProcessOf(this.#boots.at(-1)!)))!;
    await eventually(
      async () => (await this.run("systemctl is-system-running")).stdout.trim(),
      (state) => state === "running" || state === "degraded",
    );
    await this.sh(OPEN_CONTROLLERS);
  }

  #enter(args: readonly string[]): Promise<ProgramRun> {
    return runProgram("nsenter", { args: ["-t", String(this.#systemd), ...args] });
  }
}

/** The process id of the container's systemd on this machine; null while there is none. */
function firstProcessOf(supervisor: number): number | null {
  const children = readFileSync(`/proc/${supervisor}/task/${supervisor}/children`, "utf8").split(" ");
  const systemd = children.find((pid) => pid !== "" && readFileSync(`/proc/${pid}/comm`, "utf8") === "systemd\n");
  return systemd === undefined ? null : Number(systemd);
}
