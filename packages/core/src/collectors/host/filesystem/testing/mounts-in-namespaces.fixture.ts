import { FilesystemCollector } from "../filesystem.ts";
import { MOUNT_PROBE_DEFAULTS, MountProbe } from "../mount-probe.ts";
import { MountTable } from "../mount-table.ts";
import { hostFiles } from "../../kernel-files/host-files.ts";
import { collectOnce, tickAt, until } from "../../testing/collect-once.ts";

/** A program for mounts-in-namespaces.test.ts: prints the collector's result for the mounts below a folder, as root and as nobody. */
const NOBODY = 65_534;
const [, , folder = ""] = process.argv;

const asRoot = mountsBelow(folder);
process.setgroups!([NOBODY]);
process.setgid!(NOBODY);
process.setuid!(NOBODY);
const probe = new MountProbe(MOUNT_PROBE_DEFAULTS);
probe.ask([`${folder}/closed/mount`], 0);
await until(() => probe.childPid === null);
const asNobody = { mounts: mountsBelow(folder), probed: probe.answer(`${folder}/closed/mount`, 0) };
console.log(JSON.stringify({ asRoot, asNobody }));

/** Path below the folder; device, read-only, error. */
function mountsBelow(root: string): Record<string, readonly [string, number, string]> {
  const options = {
    rootfs: "/",
    filesystemMountPointsInclude: /(?!)/,
    filesystemMountPointsExclude: /^$/,
    filesystemTypesInclude: /(?!)/,
    filesystemTypesExclude: /^(?!tmpfs)/,
  };
  const collector = new FilesystemCollector(
    new MountTable(hostFiles("/proc"), options),
    new MountProbe(MOUNT_PROBE_DEFAULTS),
  );
  const { written } = collectOnce(collector, tickAt(0));
  const readOnly = written.filter(({ name }) => name === "node_filesystem_readonly");
  return Object.fromEntries(
    readOnly.flatMap(({ labels, value }) => {
      const [, device = "", error = "", place = ""] =
        /^device="(.*)",device_error="(.*)",fstype=".*",mountpoint="(.*)"$/.exec(labels) ?? [];
      return place.startsWith(root) ? [[place.slice(root.length), [device, value, error]]] : [];
    }),
  );
}
