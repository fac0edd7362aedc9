import type { Mount } from "../kernel-files/mountinfo.ts";

/**
 * The mounts that a path leads to, by mount point, in the table's order: without mounts hidden by another one, and those
 * below them. Ids do not show the order of mounting (the kernel reuses them), but parents do.
 */
export function visibleMounts(mounts: readonly Mount[]): ReadonlyMap<string, Mount> {
  const { root, childrenOf } = treeOf(mounts);
  const visible = new Set<Mount>();
  // A mount over the root is not visible: paths start at the root that a process has, below it.
  const waiting = [root];
  for (let mount = waiting.pop(); mount !== undefined; mount = waiting.pop()) {
    if (visible.has(mount)) continue;
    visible.add(mount);
    for (const child of freeChildren(childrenOf(mount), mount)) waiting.push(topOf(child, childrenOf));
  }
  return new Map(mounts.filter((mount) => visible.has(mount)).map((mount) => [mount.mountPoint, mount]));
}

type ChildrenOf = (mount: Mount) => readonly Mount[];

/** The root of a process that is confined to a folder: its mount is not in its table. */
const NO_ROOT: Mount = {
  id: "",
  parent: "",
  major: "0",
  minor: "0",
  root: "/",
  mountPoint: "/",
  fsType: "",
  source: "",
  readOnly: false,
  superReadOnly: false,
};

/** A mount whose parent is not in the table is a child of the root. */
function treeOf(mounts: readonly Mount[]): { readonly root: Mount; readonly childrenOf: ChildrenOf } {
  const ids = new Set(mounts.map(({ id }) => id));
  const hangsOnRoot = ({ id, parent }: Mount) => parent === id || !ids.has(parent);
  const isRoot = (mount: Mount) => mount.mountPoint === "/" && hangsOnRoot(mount);
  const root = mounts.findLast(isRoot) ?? NO_ROOT;
  const children = new Map<string, Mount[]>();
  for (const mount of mounts) {
    if (isRoot(mount)) continue;
    const parent = hangsOnRoot(mount) ? root.id : mount.parent;
    const siblings = children.get(parent);
    if (siblings === undefined) children.set(parent, [mount]);
    else siblings.push(mount);
  }
  return { root, childrenOf: ({ id }) => children.get(id) ?? [] };
}

/** Children that are not hidden by another child. */
function freeChildren(children: readonly Mount[], { mountPoint }: Mount): readonly Mount[] {
  // Of two on one mount point, the later one is visible.
  const byPlace = new Map(children.map((child) => [child.mountPoint, child]));
  byPlace.delete(mountPoint);
  return [...byPlace.values()].filter(
    (child) => !foldersBetween(mountPoint, child.mountPoint).some((at) => byPlace.has(at)),
  );
}

/** The last mount over it. */
function topOf(mount: Mount, childrenOf: ChildrenOf): Mount {
  const seen = new Set<Mount>();
  let top = mount;
  for (let over: Mount | undefined = mount; over !== undefined && !seen.has(over);) {
    seen.add(over);
    top = over;
    over = childrenOf(over).findLast(({ mountPoint }) => mountPoint === mount.mountPoint);
  }
  return top;
}

/** `/a/b` and `/a/b/c` for `/a` and `/a/b/c/d`. */
function foldersBetween(above: string, below: string): string[] {
  const shortest = above === "/" ? 1 : above.length + 1;
  const folders: string[] = [];
  for (let end = below.lastIndexOf("/"); end >= shortest; end = below.lastIndexOf("/", end - 1)) {
    folders.push(below.slice(0, end));
  }
  return folders;
}
