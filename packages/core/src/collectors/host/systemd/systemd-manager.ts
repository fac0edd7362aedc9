import { once } from "node:events";
import { connect } from "node:net";
import type { Message } from "dbus-native";
import { CloudMonitorError } from "../../../model/errors.ts";

/** What the collector asks of systemd, org.freedesktop.systemd1(5). Each call rejects when the connection is lost. */
export interface SystemdManager {
  listUnits(): Promise<readonly Unit[]>;
  /** Null for a property that this version of systemd does not have. */
  property(path: string, interfaceName: string, name: string): Promise<PropertyValue | null>;
  /** Idempotent. */
  close(): void;
}

export interface Unit {
  readonly name: string;
  readonly loadState: string;
  readonly activeState: string;
  /** Of its D-Bus object. */
  readonly path: string;
}

export type PropertyValue = string | number | bigint | boolean;

export const MANAGER = {
  path: "/org/freedesktop/systemd1",
  interfaceName: "org.freedesktop.systemd1.Manager",
} as const;

const CALL_TIMEOUT_MS = 5_000;

/**
 * Connects to systemd by the system bus, whose socket is at `socket`. The library for D-Bus is optional: without it, or
 * without a bus, this rejects.
 */
export async function connectSystemd(socket: string): Promise<SystemdManager> {
  const { createClient } = await import("dbus-native");
  const stream = connect(socket);
  // Otherwise a process that reads once would never exit.
  stream.unref();
  await once(stream, "connect");
  const bus = createClient({ stream, authMethods: ["EXTERNAL"] });
  // An error without a listener would end the thread; the calls in flight reject with it as well.
  bus.connection.on("error", () => stream.destroy());
  const call = async <T>(request: Message) =>
    bus.invoke<T>({ ...request, destination: "org.freedesktop.systemd1" }, { timeout: CALL_TIMEOUT_MS });
  return {
    async listUnits() {
      const units = await call<unknown>({ path: MANAGER.path, interface: MANAGER.interfaceName, member: "ListUnits" });
      if (!Array.isArray(units)) throw new CloudMonitorError("COLLECT_FAILED", "systemd listed no units");
      return units.map(unitOf);
    },
    async property(path, interfaceName, name) {
      try {
        return await call<PropertyValue>({
          path,
          interface: "org.freedesktop.DBus.Properties",
          member: "Get",
          signature: "ss",
          body: [interfaceName, name],
        });
      } catch (error) {
        // Also for a unit that is gone since it was listed.
        if (/Unknown(?:Property|Interface|Object)|NoSuchUnit/.test(nameOf(error))) return null;
        throw error;
      }
    },
    close: () => stream.destroy(),
  };
}

/** Name, description, load state, active state, substate, followed unit, path, and the job's id, type and path. */
function unitOf(fields: readonly unknown[]): Unit {
  const [name, , loadState, activeState, , , path] = fields.map(String);
  return { name: name!, loadState: loadState!, activeState: activeState!, path: path! };
}

/** D-Bus errors have a name of their own, such as `org.freedesktop.DBus.Error.UnknownProperty`. */
function nameOf(error: unknown): string {
  const { dbusName, name } = error as { readonly dbusName?: string; readonly name?: string };
  return `${dbusName ?? ""} ${name ?? ""}`;
}
