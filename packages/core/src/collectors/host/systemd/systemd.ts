import { CloudMonitorError, messageOf } from "../../../model/errors.ts";
import type { InstanceRef, CollectContext, SampleWriter } from "../../../model/collector.ts";
import { labelBlock } from "../../../model/label-text.ts";
import type { OptionsOf } from "../../../model/setting/setting-declaration.ts";
import { families } from "../families.ts";
import type { HostCollector, HostCollectorDefinition } from "../host-collector.ts";
import { SystemdReader } from "./systemd-reader.ts";
import type { SystemdReading, UnitReading } from "./systemd-reader.ts";
import { SYSTEMD_SETTINGS } from "./systemd-settings.ts";
import { connectSystemd } from "./systemd-manager.ts";
import type { SystemdManager } from "./systemd-manager.ts";

export const SYSTEMD: HostCollectorDefinition<typeof SYSTEMD_SETTINGS> = {
  name: "systemd",
  isOffByDefault: true,
  families: [
    ...families(
      { type: "gauge", labels: ["name"] },
      {
        node_systemd_socket_current_connections: "Connections to the socket unit that are open.",
        node_systemd_timer_last_trigger_seconds: "When the timer unit was last triggered, seconds since 1970.",
        node_systemd_unit_start_time_seconds:
          "When the unit was started, seconds since 1970; 0 for one that is not active.",
        node_systemd_unit_tasks_current: "Tasks of the service.",
        node_systemd_unit_tasks_max: "Maximum number of tasks of the service.",
      },
    ),
    ...families(
      { type: "counter", labels: ["name"] },
      {
        node_systemd_service_restart_total: "Restarts of the service by systemd.",
        node_systemd_socket_accepted_connections_total: "Connections that the socket unit accepted.",
        node_systemd_socket_refused_connections_total: "Connections that the socket unit refused.",
      },
    ),
    ...families(
      { type: "gauge", labels: ["name", "state", "type"] },
      { node_systemd_unit_state: "1 for the state in which the unit is, 0 for the others." },
    ),
    ...families({ type: "gauge", labels: ["state"] }, { node_systemd_units: "Units in this state." }),
    ...families(
      { type: "gauge", labels: [] },
      { node_systemd_system_running: "1 if the system is running with no failed unit." },
    ),
    ...families({ type: "gauge", labels: ["version"] }, { node_systemd_version: "Version of systemd." }),
    ...families(
      { type: "gauge", labels: ["virtualization_type"] },
      { node_systemd_virtualization_info: "Always 1; the virtualization that systemd found, or none." },
    ),
  ],
  settings: SYSTEMD_SETTINGS,
  create: ({ options }) => new SystemdCollector(options, () => connectSystemd(options.systemdBusSocket)),
};

const STATES = ["activating", "active", "deactivating", "failed", "inactive"];

/** The units of systemd and their states, by D-Bus (org.freedesktop.systemd1(5)). */
export class SystemdCollector implements HostCollector {
  readonly #options: OptionsOf<typeof SYSTEMD_SETTINGS>;
  readonly #connect: () => Promise<SystemdManager>;
  #reader: SystemdReader | null = null;
  #pending: Promise<void> | null = null;
  /** Of the current collection; an error's message, or null while there is no response. */
  #result: SystemdReading | string | null = null;

  constructor(options: OptionsOf<typeof SYSTEMD_SETTINGS>, connect: () => Promise<SystemdManager>) {
    this.#options = options;
    this.#connect = connect;
  }

  prepare(): Promise<void> {
    this.#result = null;
    this.#pending ??= this.#read().finally(() => (this.#pending = null));
    return this.#pending;
  }

  collect(_instance: InstanceRef, _context: CollectContext, out: SampleWriter): void {
    const result = this.#result;
    this.#result = null;
    if (result === null) throw new CloudMonitorError("COLLECT_FAILED", "systemd did not respond in time");
    if (typeof result === "string") throw new CloudMonitorError("COLLECT_FAILED", `unavailable: ${result}`);
    write(result, out);
  }

  async #read(): Promise<void> {
    try {
      this.#reader ??= new SystemdReader(await this.#connect(), this.#options);
      this.#result = await this.#reader.read();
    } catch (error) {
      this.#reader?.close();
      this.#reader = null;
      this.#result = messageOf(error);
    }
  }
}

function write({ units, states, isRunning, version, virtualization }: SystemdReading, out: SampleWriter): void {
  for (const unit of units) writeUnit(unit, out);
  for (const state of STATES) {
    out.series("node_systemd_units", labelBlock({ state }), states.filter((one) => one === state).length);
  }
  out.series("node_systemd_system_running", "", Number(isRunning));
  const number = /\d{3,}(?:\.\d+)?/.exec(version)?.[0];
  if (number !== undefined) out.series("node_systemd_version", labelBlock({ version }), Number(number));
  out.series("node_systemd_virtualization_info", labelBlock({ virtualization_type: virtualization || "none" }), 1);
}

function writeUnit({ name, state, type, values }: UnitReading, out: SampleWriter): void {
  for (const one of STATES) {
    out.series("node_systemd_unit_state", labelBlock({ name, state: one, type }), Number(one === state));
  }
  for (const [family, value] of values) out.series(family, labelBlock({ name }), value);
}
