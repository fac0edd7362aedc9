/**
 * What the host's collectors leave out unless told otherwise: sources of regular expressions, the same names as
 * node_exporter 1.12 leaves out, so that dashboards and alerts made for it count the same things.
 */

/** Filesystem types that hold no data of their own: kernel interfaces, images that cannot be written, container layers. */
export const FILESYSTEM_TYPES_EXCLUDE =
  "^(autofs|binfmt_misc|bpf|cgroup2?|configfs|debugfs|devpts|devtmpfs|fusectl|hugetlbfs|iso9660|mqueue|nsfs|overlay|" +
  "proc|procfs|pstore|rpc_pipefs|securityfs|selinuxfs|squashfs|erofs|sysfs|tracefs)$";

/** Mount points of the kernel, and those that container engines make and remove by the hundred. */
export const FILESYSTEM_MOUNT_POINTS_EXCLUDE =
  "^/(dev|proc|run/credentials/.+|sys|var/lib/docker/.+|var/lib/containers/storage/.+)($|/)";

/** RAM disks, loop devices, floppies and partitions. */
export const DISK_DEVICES_EXCLUDE = String.raw`^(z?ram|loop|fd|(h|s|v|xv)d[a-z]|nvme\d+n\d+p)\d+$`;

/** Matches no name: every interface is shown. */
export const NETWORK_DEVICES_EXCLUDE = "^$";
