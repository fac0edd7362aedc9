import type { SettingDeclarations } from "../../../model/setting/setting-declaration.ts";
import { filePath } from "../../../model/setting/values/file-path.ts";
import { flagSwitch } from "../../../model/setting/values/flag-switch.ts";
import { pattern } from "../../../model/setting/values/pattern.ts";

export const SYSTEMD_SETTINGS = {
  systemdBusSocket: {
    type: filePath,
    fallback: "/run/dbus/system_bus_socket",
    help: "Socket of the system bus, by which the systemd collector reads.",
  },
  systemdUnitsExclude: {
    type: pattern,
    fallback: String.raw`^.+\.(automount|device|mount|scope|slice)$`,
    help: "Units that the systemd collector ignores, as a regular expression.",
    flag: "--collector.systemd.unit-exclude",
  },
  systemdUnitsInclude: {
    type: pattern,
    fallback: "^.+$",
    help: "Units to which the systemd collector is limited, as a regular expression; those to ignore are ignored all the same.",
    flag: "--collector.systemd.unit-include",
  },
  systemdRestarts: {
    type: flagSwitch,
    fallback: "false",
    help: "Serves how often each service was restarted.",
    flag: "--collector.systemd.enable-restarts-metrics",
  },
  systemdStartTimes: {
    type: flagSwitch,
    fallback: "false",
    help: "Serves when each unit was started.",
    flag: "--collector.systemd.enable-start-time-metrics",
  },
  systemdTasks: {
    type: flagSwitch,
    fallback: "false",
    help: "Serves the number of tasks of each service, and its limit.",
    flag: "--collector.systemd.enable-task-metrics",
  },
} as const satisfies SettingDeclarations;
