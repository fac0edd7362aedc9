import { join } from "node:path";
import { HOST_COLLECTOR_NAMES, enabledCollectors } from "../collectors/registry.ts";
import type { HostOptions } from "../collectors/registry.ts";
import { CloudMonitorError, messageOf } from "../model/errors.ts";
import type { Logger } from "../model/logger.ts";
import { readRegularFileLater } from "../platform/read-regular-file.ts";
import { replaceFile } from "../platform/replace-file.ts";

export interface CollectorSwitchesOptions {
  readonly stateDir: string;
  readonly host: HostOptions;
  readonly logger: Logger;
  /** Called with the names of the enabled collectors whenever they change. */
  readonly onChange: (enabled: readonly string[]) => void;
}

/** `setting`: named by a flag, the environment or the configuration file, which always wins. `api`: switched at run time. */
export type CollectorOrigin = "default" | "setting" | "api";

export interface CollectorSwitch {
  readonly name: string;
  readonly enabled: boolean;
  readonly origin: CollectorOrigin;
}

/** By name; null: back to the default. */
export type CollectorChanges = Readonly<Record<string, boolean | null | undefined>>;

/** The file has a name and a boolean per collector that was switched. */
const BYTES_MAX = 64 * 1024;

/** Which collectors of this host are enabled: by the settings, and switched at run time, which `STATE_DIR/collectors.json` keeps. */
export class CollectorSwitches {
  readonly #options: CollectorSwitchesOptions;
  readonly #path: string;
  #switched: ReadonlyMap<string, boolean> = new Map();
  /** One change at a time. */
  #changing: Promise<unknown> = Promise.resolve();

  constructor(options: CollectorSwitchesOptions) {
    this.#options = options;
    this.#path = join(options.stateDir, "collectors.json");
  }

  /** Applies what was switched before a restart. An unusable file is logged and ignored. */
  async load(): Promise<void> {
    try {
      const file = await readRegularFileLater(this.#path, { bytesMax: BYTES_MAX, followLinks: false });
      if (file === null) return;
      this.#switched = parseSwitches(file.bytes.toString("utf8"));
      this.#options.onChange(this.#enabled());
    } catch (error) {
      this.#options.logger.warn("switched collectors could not be read", { path: this.#path, error: messageOf(error) });
    }
  }

  /** In alphabetical order. */
  list(): readonly CollectorSwitch[] {
    const enabled = this.#enabled();
    return HOST_COLLECTOR_NAMES.map((name) => ({
      name,
      enabled: enabled.includes(name),
      origin: this.#originOf(name),
    }));
  }

  /**
   * Switches collectors on or off, or with null back to the default. They are saved before they take effect. Throws
   * `COLLECTOR_FIXED`, naming every collector that a setting fixes, and `STATE_NOT_SAVED`; then nothing is changed.
   */
  change(changes: CollectorChanges): Promise<void> {
    const change = this.#changing.then(() => this.#change(changes));
    this.#changing = change.catch(() => {});
    return change;
  }

  async #change(changes: CollectorChanges): Promise<void> {
    const fixed = Object.keys(changes).filter((name) => this.#originOf(name) === "setting");
    if (fixed.length > 0) {
      throw new CloudMonitorError("COLLECTOR_FIXED", `A setting fixes ${fixed.join(", ")}; change it, and restart.`, {
        details: fixed.map((name) => ({ where: `/collectors/${name}`, message: "is fixed by a setting" })),
      });
    }
    const switched = new Map(this.#switched);
    for (const [name, isOn] of Object.entries(changes)) {
      if (isOn === null) switched.delete(name);
      else if (isOn !== undefined) switched.set(name, isOn);
    }
    await this.#save(switched);
    this.#switched = switched;
    this.#options.onChange(this.#enabled());
  }

  async #save(switched: ReadonlyMap<string, boolean>): Promise<void> {
    try {
      await replaceFile(this.#path, [`${JSON.stringify(Object.fromEntries(switched), null, 2)}\n`]);
    } catch (error) {
      const sentence = `${this.#path} cannot be written (${messageOf(error)}); nothing was changed.`;
      throw new CloudMonitorError("STATE_NOT_SAVED", sentence, { retryable: true, cause: error });
    }
  }

  #enabled(): string[] {
    const byDefault = enabledCollectors(this.#options.host);
    return HOST_COLLECTOR_NAMES.filter((name) => {
      const switched = this.#originOf(name) === "api" ? this.#switched.get(name) : undefined;
      return switched ?? byDefault.includes(name);
    });
  }

  #originOf(name: string): CollectorOrigin {
    const { collectorsDisabled, collectorsEnabled } = this.#options.host;
    if (collectorsDisabled.includes(name) || collectorsEnabled.includes(name)) return "setting";
    return this.#switched.has(name) ? "api" : "default";
  }
}

/** Names of collectors that no longer exist are ignored. Throws when the text is not an object of booleans. */
function parseSwitches(text: string): Map<string, boolean> {
  const entries = Object.entries(JSON.parse(text) as object);
  const wrong = entries.find(([, isOn]) => typeof isOn !== "boolean");
  if (wrong !== undefined) throw new Error(`${wrong[0].slice(0, 64)} is neither true nor false`);
  return new Map(entries.filter(([name]) => HOST_COLLECTOR_NAMES.includes(name)));
}
