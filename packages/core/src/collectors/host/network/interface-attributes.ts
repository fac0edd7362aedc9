import { join } from "node:path";
import { AttributeFile } from "../kernel-files/attribute-file.ts";
import { textOf } from "../kernel-files/byte-name.ts";
import { attributeText, entriesOf } from "../kernel-files/sysfs.ts";

/** Attributes that have no value now may have one after this time; most get it when the state of the interface changes. */
const PERIOD_MS = 30_000;

/** The attributes of one interface of /sys/class/net, kept open while it is the same interface in the same state. */
export class InterfaceAttributes {
  readonly #folder: string;
  #files = new Map<string, AttributeFile>();
  /** Of the interface that the open files are of: another one may get its name. */
  #index: string | null = null;
  /** Flags and operational state, which decide what else has a value. */
  #state = "";
  #openedMs = 0;

  /** See byte-name.ts. */
  constructor(folder: string) {
    this.#folder = folder;
  }

  /** Starts a reading: false when the folder is not that of an interface. `nowMs` is monotonic. */
  begin(nowMs: number): boolean {
    const index = attributeText(join(this.#folder, "ifindex"));
    if (index === null && entriesOf(this.#folder).length === 0) return false;
    const isDue = nowMs - this.#openedMs >= PERIOD_MS;
    if (index !== this.#index || isDue) this.#reopen(nowMs);
    this.#index = index;
    const state = `${this.text("flags")} ${this.text("operstate")}`;
    if (state !== this.#state) this.#reopen(nowMs);
    this.#state = state;
    return true;
  }

  /** "" without a value. */
  text(attribute: string): string {
    return textOf(this.#file(attribute).text() ?? "");
  }

  number(attribute: string): number | null {
    return this.#file(attribute).number();
  }

  close(): void {
    for (const file of this.#files.values()) file.close();
    this.#files.clear();
  }

  #file(attribute: string): AttributeFile {
    let file = this.#files.get(attribute);
    if (file === undefined) {
      file = new AttributeFile(join(this.#folder, attribute));
      this.#files.set(attribute, file);
    }
    return file;
  }

  #reopen(nowMs: number): void {
    this.close();
    this.#openedMs = nowMs;
  }
}
