import { KeyedCache } from "./kernel-files/keyed-cache.ts";
import { LabelTexts } from "./label-texts.ts";

/** What a collector keeps for each name in a file, made of the name's text: its label blocks. See KeyedCache and LabelTexts. */
export class NamedLabels<Blocks> {
  readonly #known: KeyedCache<{ readonly text: string; readonly blocks: Blocks }>;

  constructor(blocksOf: (text: string) => Blocks) {
    const texts = new LabelTexts();
    this.#known = new KeyedCache(
      (name) => {
        const text = texts.claim(name);
        return { text, blocks: blocksOf(text) };
      },
      ({ text }) => texts.release(text),
    );
  }

  get(name: string): Blocks {
    return this.#known.get(name).blocks;
  }

  /** Call after the last get() of a reading. */
  endReading(): void {
    this.#known.endReading();
  }
}
