import { join } from "node:path";
import type { HostPaths } from "../../config/config.ts";
import type { Mount } from "./mountinfo.ts";
import { renderLabels } from "./render-labels.ts";

/** Types whose statfs asks a server or another process, which may never answer. */
const REMOTE_TYPES =
  /^(?:nfs4?|cifs|smb3|smbfs|ceph|9p|glusterfs|afs|coda|lustre|gpfs|beegfs|orangefs|pvfs2|ocfs2|gfs2|virtiofs|davfs2?|autofs|fuse|fuseblk|fuse\..+)$/;
/** Types that live in memory or are always full: none of them is a disk about to fill up. */
const UNREAL_TYPES = /^(?:tmpfs|ramfs|devtmpfs|efivarfs|squashfs|erofs|cramfs|iso9660|udf|romfs)$/;

/** A mount as it is served: its label blocks are made once. */
export interface KnownMount {
  /** Where this process finds it. */
  readonly path: string;
  readonly readOnly: boolean;
  /** Asked for by a child process only. */
  readonly remote: boolean;
  /** May be the fullest. */
  readonly real: boolean;
  /** With `device_error=""`. */
  readonly labels: string;
  readonly mountInfoLabels: string;
  labelsWithError(error: string): string;
}

/** Those that the patterns let through, each set of labels once: a later mount over the same place is passed over. */
export function knownMounts(mounts: readonly Mount[], options: MountOptions): KnownMount[] {
  const known = new Map<string, KnownMount>();
  for (const mount of mounts) {
    const mountpoint = withoutRoot(mount.mountPoint, options.rootfs);
    if (options.mountPointsExclude.test(mountpoint) || options.typesExclude.test(mount.fsType)) continue;
    const made = knownMount({ ...mount, mountPoint: mountpoint }, options.rootfs);
    if (!known.has(made.labels)) known.set(made.labels, made);
  }
  return [...known.values()];
}

export interface MountOptions extends Pick<HostPaths, "rootfs"> {
  readonly mountPointsExclude: RegExp;
  readonly typesExclude: RegExp;
}

function knownMount(mount: Mount, rootfs: string): KnownMount {
  const { source: device, mountPoint: mountpoint, fsType: fstype, major, minor } = mount;
  const block = (error: string) => renderLabels({ device, device_error: error, fstype, mountpoint });
  let lastError = { error: "", labels: block("") };
  return {
    path: mountpoint === "/" ? rootfs : join(rootfs, mountpoint),
    readOnly: mount.readOnly,
    remote: REMOTE_TYPES.test(fstype),
    real: !UNREAL_TYPES.test(fstype),
    labels: block(""),
    mountInfoLabels: renderLabels({ device, major, minor, mountpoint }),
    labelsWithError: (error) => {
      if (lastError.error !== error) lastError = { error, labels: block(error) };
      return lastError.labels;
    },
  };
}

/** In a container that has the host's root at `rootfs`, a mount point as the host sees it. */
function withoutRoot(mountPoint: string, rootfs: string): string {
  if (rootfs === "/" || !mountPoint.startsWith(rootfs)) return mountPoint;
  const rest = mountPoint.slice(rootfs.length);
  if (rest === "") return "/";
  return rest.startsWith("/") ? rest : mountPoint;
}
