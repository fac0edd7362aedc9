import { spawnSync } from "node:child_process";
import { chmodSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "@jest/globals";
import { ScratchFolder } from "../testing/collect-once.ts";

const PROGRAM = join(import.meta.dirname, "testing/mounts-in-namespaces.fixture.ts");
/** Process 1 of separate namespaces creates mounts; then a service with its own mount namespace reads them. */
const HOST = `
set -e
cd "$1"
odd=$(printf 'cave\\351')
mkdir -p tmp/build over hidden/below closed/mount bind "$odd"
mount -t tmpfs -o size=1m build tmp/build
mount -t tmpfs -o size=1m first over
mount -t tmpfs -o size=2m second over
mount -t tmpfs -o size=1m upper hidden
mkdir hidden/below
mount -t tmpfs -o size=1m below hidden/below
mount -t tmpfs -o size=1m cover hidden
mount -t tmpfs -o size=1m odd "$odd"
chmod 700 closed
mount -t tmpfs -o size=1m private closed/mount
mount --bind over bind
mount -o remount,bind,ro bind
# A shell replaces itself by its last command; process 1 must stay.
unshare --mount sh -c 'mount -t tmpfs hide "$1/tmp"; shift; exec "$@"' sh "$@"
exit $?
`;

const namespaces = ["--mount", "--pid", "--fork", "--mount-proc"];
const canUnshare = process.getuid?.() === 0 && spawnSync("unshare", [...namespaces, "true"]).status === 0;

(canUnshare ? test : test.skip)(
  `real mounts: what hides another is served, what is hidden is not, nor what a private /tmp hides${canUnshare ? "" : " (skipped: needs root and unshare)"}`,
  () => {
    using folder = new ScratchFolder();
    chmodSync(folder.path, 0o755);

    const { stdout, stderr } = spawnSync(
      "unshare",
      [
        ...namespaces,
        "sh",
        "-c",
        HOST,
        "sh",
        folder.path,
        process.execPath,
        "--conditions=source",
        PROGRAM,
        folder.path,
      ],
      { encoding: "utf8", timeout: 60_000, env: { PATH: "/usr/sbin:/usr/bin:/sbin:/bin", NODE_NO_WARNINGS: "1" } },
    );

    const visible = {
      "/over": ["second", 0, ""],
      "/hidden": ["cover", 0, ""],
      "/cave\uFFFD": ["odd", 0, ""],
      "/bind": ["second", 1, ""],
    };
    expect({ stderr, ...(stdout === "" ? {} : (JSON.parse(stdout) as object)) }).toEqual({
      stderr: "",
      asRoot: { ...visible, "/closed/mount": ["private", 0, ""] },
      asNobody: {
        mounts: { ...visible, "/closed/mount": ["private", 0, "permission denied"] },
        probed: "permission denied",
      },
    });
  },
);
