import { join } from "node:path";
import type { Mount } from "../kernel-files/mountinfo.ts";
import { visibleMounts } from "./visible-mounts.ts";

/** A mount of the host, and its path for this process. */
export interface HostMount extends Mount {
  /** As seen by the host. */
  readonly mountPoint: string;
  readonly path: string;
}

export interface MountTables {
  /** The mounts of process 1; null when only our own can be read. */
  readonly first: readonly Mount[] | null;
  /** Our own; null when they cannot be read. */
  readonly own: readonly Mount[] | null;
}

/** On a deleted folder: no path leads there. */
const DELETED = "//deleted";

/**
 * The mounts of the host that this process can access. The table of process 1 is that of the host, or, in a container, that
 * of the container: then the host's mounts are those at or below `rootfs`. A service with its own mount namespace
 * (PrivateTmp, ProtectHome, a container) has other filesystems in some places: mounts that its own table does not have
 * there are omitted, since their sizes would be those of another filesystem.
 */
export function hostMounts({ first, own }: MountTables, rootfs: string): HostMount[] {
  const visible = visibleMounts(first ?? own ?? []);
  const ours = first === null || own === null ? null : visibleMounts(own);
  const isHosts = first !== null && (rootfs === "/" || hasRootAt(rootfs, { visible, ours }));
  const top = isHosts ? undefined : visible.get(rootfs);
  // A root that is mounted read-only is so only for the observer: systemd's ProtectSystem, `docker run -v /:/host:ro`.
  const judge = top?.readOnly === true ? onlySuper : either;
  return [...visible.values()].flatMap((mount) => {
    const below = isHosts ? null : withoutRoot(mount.mountPoint, rootfs);
    const mountPoint = below ?? mount.mountPoint;
    const path = mountPoint === "/" ? rootfs : join(rootfs, mountPoint);
    // Outside the host's root are the container's own mounts: all of them, or those where the host has one.
    const isObservers = !isHosts && below === null && (top !== undefined || visible.has(path));
    if (isObservers || mountPoint.endsWith(DELETED)) return [];
    if (ours !== null && !isSameFilesystem(ours.get(path), mount)) return [];
    return [{ ...mount, mountPoint, path, readOnly: judge(mount) }];
  });
}

interface VisibleMounts {
  readonly visible: ReadonlyMap<string, Mount>;
  readonly ours: ReadonlyMap<string, Mount> | null;
}

/** Whether our `rootfs` is the root in the table of process 1: then that table is the host's. */
function hasRootAt(rootfs: string, { visible, ours }: VisibleMounts): boolean {
  const [root, mounted] = [visible.get("/"), ours?.get(rootfs)];
  return isSameFilesystem(root, mounted) && root?.root === mounted?.root;
}

function isSameFilesystem(one: Mount | undefined, other: Mount | undefined): boolean {
  return one !== undefined && other !== undefined && one.major === other.major && one.minor === other.minor;
}

function either({ readOnly, superReadOnly }: Mount): boolean {
  return readOnly || superReadOnly;
}

function onlySuper({ superReadOnly }: Mount): boolean {
  return superReadOnly;
}

/** Null when the mount point is not at or below `rootfs`. */
function withoutRoot(mountPoint: string, rootfs: string): string | null {
  if (rootfs === "/") return mountPoint;
  if (mountPoint === rootfs) return "/";
  return mountPoint.startsWith(`${rootfs}/`) ? mountPoint.slice(rootfs.length) : null;
}
