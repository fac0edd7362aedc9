import type { OptionsOf, SettingDeclarations } from "../../model/setting/setting-declaration.ts";
import { filePath } from "../../model/setting/values/file-path.ts";

/** The folders of the kernel's files; others are used in containers and tests. Every host collector has these options. */
export const HOST_PATH_SETTINGS = {
  procfs: { type: filePath, fallback: "/proc", help: "Where procfs is mounted.", flag: "--path.procfs" },
  sysfs: { type: filePath, fallback: "/sys", help: "Where sysfs is mounted.", flag: "--path.sysfs" },
  rootfs: {
    type: filePath,
    fallback: "/",
    help: "Where the host's root filesystem is mounted.",
    flag: "--path.rootfs",
  },
  udevData: {
    type: filePath,
    fallback: "/run/udev/data",
    help: "Folder of the udev database.",
    flag: "--path.udev.data",
  },
} as const satisfies SettingDeclarations;

export type HostPaths = OptionsOf<typeof HOST_PATH_SETTINGS>;
