import type { OptionsOf } from "../../../model/setting/setting-declaration.ts";
import type { SYSTEMD_SETTINGS } from "./systemd-settings.ts";
import { MANAGER } from "./systemd-manager.ts";
import type { PropertyValue, SystemdManager, Unit } from "./systemd-manager.ts";

type SystemdOptions = OptionsOf<typeof SYSTEMD_SETTINGS>;

/** What systemd answered at one time. */
export interface SystemdReading {
  readonly units: readonly UnitReading[];
  /** Active state of every unit, those that are not selected included. */
  readonly states: readonly string[];
  readonly isRunning: boolean;
  readonly version: string;
  readonly virtualization: string;
}

export interface UnitReading {
  readonly name: string;
  readonly state: string;
  /** Of a service or mount, or "". */
  readonly type: string;
  readonly values: readonly (readonly [family: string, value: number])[];
}

const MICROSECONDS = 1e6;
/** What systemd says where there is no number. */
const NO_NUMBER = 2 ** 64 - 1;
const START_TIME = "node_systemd_unit_start_time_seconds";
const INTERFACE = "org.freedesktop.systemd1";

/** Reads the selected units by one connection. */
export class SystemdReader {
  readonly #manager: SystemdManager;
  readonly #options: SystemdOptions;
  /** Types by path: a unit's type changes only when its file is changed. */
  #types = new Map<string, string>();

  constructor(manager: SystemdManager, options: SystemdOptions) {
    this.#manager = manager;
    this.#options = options;
  }

  close(): void {
    this.#manager.close();
  }

  async read(): Promise<SystemdReading> {
    const ask = async (name: string) => this.#manager.property(MANAGER.path, MANAGER.interfaceName, name);
    const [all, state, version, virtualization] = await Promise.all([
      this.#manager.listUnits(),
      ask("SystemState"),
      ask("Version"),
      ask("Virtualization"),
    ]);
    const { systemdUnitsExclude, systemdUnitsInclude } = this.#options;
    const selected = all.filter(({ name, loadState }) => {
      return loadState === "loaded" && systemdUnitsInclude.test(name) && !systemdUnitsExclude.test(name);
    });
    const units = await Promise.all(selected.map((unit) => this.#readUnit(unit)));
    this.#types = new Map(selected.map(({ path }) => [path, this.#types.get(path) ?? ""]));
    return {
      units,
      states: all.map(({ activeState }) => activeState),
      isRunning: state === "running",
      version: String(version ?? ""),
      virtualization: String(virtualization ?? ""),
    };
  }

  async #readUnit(unit: Unit): Promise<UnitReading> {
    const kind = unit.name.slice(unit.name.lastIndexOf(".") + 1);
    const isActive = unit.activeState === "active";
    const wanted = wantedOf(kind, isActive, this.#options);
    const [type, ...values] = await Promise.all([
      this.#typeOf(unit, kind),
      ...wanted.map(({ interfaceName, property }) => this.#manager.property(unit.path, interfaceName, property)),
    ]);
    const read = wanted.flatMap(({ family, perUnit }, index) => {
      const value = numberOf(values[index] ?? null);
      return value === null ? [] : [[family, value / perUnit] as const];
    });
    // It keeps the time of its last start, which is not that of the present state.
    if (!isActive && this.#options.systemdStartTimes) read.push([START_TIME, 0]);
    return { name: unit.name, state: unit.activeState, type, values: read };
  }

  async #typeOf({ path }: Unit, kind: string): Promise<string> {
    if (kind !== "service" && kind !== "mount") return "";
    const known = this.#types.get(path);
    if (known !== undefined) return known;
    const type = await this.#manager.property(path, `${INTERFACE}.${kind === "service" ? "Service" : "Mount"}`, "Type");
    const text = String(type ?? "");
    this.#types.set(path, text);
    return text;
  }
}

interface Wanted {
  readonly family: string;
  readonly interfaceName: string;
  readonly property: string;
  /** What the property counts in one unit of the family. */
  readonly perUnit: number;
}

function wantedOf(kind: string, isActive: boolean, options: SystemdOptions): Wanted[] {
  const wanted: Wanted[] = [];
  /** `property` with the name of its interface: `Socket.NAccepted`. */
  const add = (family: string, property: string, perUnit = 1) => {
    const [interfaceName = "", name = ""] = property.split(".");
    wanted.push({ family, interfaceName: `${INTERFACE}.${interfaceName}`, property: name, perUnit });
  };
  if (kind === "socket") {
    add("node_systemd_socket_accepted_connections_total", "Socket.NAccepted");
    add("node_systemd_socket_current_connections", "Socket.NConnections");
    add("node_systemd_socket_refused_connections_total", "Socket.NRefused");
  }
  if (kind === "timer") add("node_systemd_timer_last_trigger_seconds", "Timer.LastTriggerUSec", MICROSECONDS);
  if (kind === "service" && options.systemdRestarts) add("node_systemd_service_restart_total", "Service.NRestarts");
  if (kind === "service" && options.systemdTasks) {
    add("node_systemd_unit_tasks_current", "Service.TasksCurrent");
    add("node_systemd_unit_tasks_max", "Service.TasksMax");
  }
  if (isActive && options.systemdStartTimes) add(START_TIME, "Unit.ActiveEnterTimestamp", MICROSECONDS);
  return wanted;
}

function numberOf(value: PropertyValue | null): number | null {
  const number = typeof value === "bigint" || typeof value === "number" ? Number(value) : null;
  return number === NO_NUMBER ? null : number;
}
