import { labelText } from "../../model/label-text.ts";
import { textOf } from "./kernel-files/byte-name.ts";

/** Assigns every name a unique label value, so that two names that are not text do not become one series. */
export class LabelTexts {
  readonly #taken = new Set<string>();

  /** The name's text; if another name already has it, with its invalid bytes in hexadecimal: `cave\uFFFD<E8>`. */
  claim(name: string): string {
    const plain = labelText(textOf(name));
    // Only replaced bytes can make two names look the same.
    if (!plain.includes("\uFFFD")) return plain;
    const exact = name.replace(/[^\x20-\x7e]/g, (byte) => `\uFFFD<${byte.charCodeAt(0).toString(16).toUpperCase()}>`);
    let free = this.#taken.has(plain) ? exact : plain;
    for (let count = 2; this.#taken.has(free); count++) free = `${exact}#${count}`;
    this.#taken.add(free);
    return free;
  }

  /** Releases the text of a name that no longer exists. */
  release(text: string): void {
    this.#taken.delete(text);
  }
}
