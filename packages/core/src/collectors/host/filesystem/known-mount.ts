import { bytesOf, textOf } from "../kernel-files/byte-name.ts";
import type { HostMount } from "./host-mounts.ts";
import { LabelTexts } from "../label-texts.ts";
import { labelBlock } from "../../../model/label-text.ts";
import { nameFilter } from "../kernel-files/name-filter.ts";
import { isRemoteType } from "../kernel-files/remote-types.ts";

/** Types in memory or always full: none of them is a disk that may fill up. */
const UNREAL_TYPES =
  /^(?:tmpfs|ramfs|devtmpfs|efivarfs|squashfs|erofs|cramfs|iso9660|udf|romfs|cvmfs2?|fuse\.(?:squashfuse|squashfuse_ll|snapfuse|erofsfuse|fuseiso|archivemount|cvmfs2?))$/;

/** A mount as it is served: its label blocks are rendered once. */
export interface KnownMount {
  /** Its path for this process, see byte-name.ts. */
  readonly path: string;
  /** The same for system calls. */
  readonly pathBytes: Buffer;
  readonly readOnly: boolean;
  /** Queried only by a child process. */
  readonly remote: boolean;
  /** Candidate for the fullest: has data and is writable. */
  readonly fills: boolean;
  /** With `device_error=""`. */
  readonly labels: string;
  readonly mountInfoLabels: string;
  labelsWithError(error: string): string;
}

export interface MountOptions {
  readonly rootfs: string;
  readonly filesystemMountPointsExclude: RegExp;
  readonly filesystemMountPointsInclude: RegExp;
  readonly filesystemTypesExclude: RegExp;
  readonly filesystemTypesInclude: RegExp;
}

/** The mounts not excluded by the patterns. */
export function knownMounts(mounts: readonly HostMount[], options: MountOptions): KnownMount[] {
  const texts = new LabelTexts();
  const isMountPoint = nameFilter(options.filesystemMountPointsInclude, options.filesystemMountPointsExclude);
  const isType = nameFilter(options.filesystemTypesInclude, options.filesystemTypesExclude);
  return mounts
    .filter(({ mountPoint, fsType }) => isMountPoint(mountPoint) && isType(fsType))
    .map((mount) => knownMount(mount, texts.claim(mount.mountPoint)));
}

function knownMount(mount: HostMount, mountpoint: string): KnownMount {
  const { path, readOnly, major, minor } = mount;
  const [device, fstype] = [textOf(mount.source), textOf(mount.fsType)];
  const block = (error: string) => labelBlock({ device, device_error: error, fstype, mountpoint });
  let lastError = { error: "", labels: block("") };
  return {
    path,
    pathBytes: bytesOf(path),
    readOnly,
    remote: isRemoteType(fstype),
    fills: !readOnly && !UNREAL_TYPES.test(fstype),
    labels: block(""),
    mountInfoLabels: labelBlock({ device, major, minor, mountpoint }),
    labelsWithError: (error) => {
      if (lastError.error !== error) lastError = { error, labels: block(error) };
      return lastError.labels;
    },
  };
}
