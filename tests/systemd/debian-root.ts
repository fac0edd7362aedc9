import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { runProgram } from "../support/run-program.ts";

const CACHE = fileURLToPath(new URL("../../node_modules/.cache/debian-roots/", import.meta.url));
/** The packages of a minimal server; no Node, no npm, no PostgreSQL. */
const PACKAGES = ["systemd", "systemd-sysv", "dbus", "libstdc++6"];

/** A folder with a small Debian, created once in about 17 s by mmdebstrap from the mirror of this machine's apt. */
export async function debianRoot(suite: string): Promise<string> {
  const root = join(CACHE, suite);
  if (existsSync(root)) return root;
  const mirror = await debianMirror();
  mkdirSync(CACHE, { recursive: true });
  const fresh = mkdtempSync(`${root}.`);
  const args = ["--variant=minbase", '--aptopt=Acquire::Languages "none"', `--include=${PACKAGES.join(",")}`];
  const { code, stderr } = await runProgram("mmdebstrap", {
    args: [...args, suite, fresh, `deb ${mirror} ${suite} main`],
  });
  if (code !== 0) {
    rmSync(fresh, { recursive: true, force: true });
    throw new Error(`mmdebstrap ended with ${code}: ${stderr.slice(-2000)}`);
  }
  // Renamed when complete: an interrupted one is never used.
  renameSync(fresh, root);
  return root;
}

async function debianMirror(): Promise<string> {
  const args = ["indextargets", "--format", "$(REPO_URI)", "Origin: Debian", "Component: main"];
  const { stdout } = await runProgram("apt-get", { args });
  const mirror = stdout.split("\n").find((line) => !/security|backports/.test(line) && line !== "");
  if (mirror === undefined) throw new Error("apt knows no Debian mirror here; run apt-get update");
  return mirror;
}
