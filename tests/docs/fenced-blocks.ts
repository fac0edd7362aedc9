/** A fenced block of a page, with the word after its fence: `sh`, `json`, `text`, or none. */
export interface FencedBlock {
  readonly language: string;
  readonly text: string;
}

/** A command of a page, and the output shown for it. */
export interface FencedCommand {
  readonly command: string;
  /** The block that follows directly, which is the output of the block's last command; null for none. */
  readonly output: FencedBlock | null;
}

/** The blocks of a page in order; text between two of them is an empty block of the language `prose`. */
export function fencedBlocks(page: string): readonly FencedBlock[] {
  const blocks: FencedBlock[] = [];
  let open: { language: string; lines: string[] } | null = null;
  for (const line of page.split("\n")) {
    const fence = /^```(\w*)$/.exec(line);
    if (open !== null && fence === null) open.lines.push(line);
    else if (open !== null) {
      blocks.push({ language: open.language, text: open.lines.join("\n") });
      open = null;
    } else if (fence !== null) open = { language: fence[1]!, lines: [] };
    else if (blocks.at(-1)?.language !== "prose") blocks.push({ language: "prose", text: "" });
  }
  return blocks;
}

/** Every command of the blocks in `sh`, without trailing comments. */
export function fencedCommands(page: string): readonly FencedCommand[] {
  const blocks = fencedBlocks(page);
  return blocks.flatMap(({ language, text }, index) => {
    if (language !== "sh") return [];
    const next = blocks[index + 1];
    const output = next === undefined || next.language === "prose" || next.language === "sh" ? null : next;
    const commands = text.split("\n").map((line) => line.replace(/(^|\s+)#\s.*$/, ""));
    return commands
      .filter((command) => command !== "")
      .map((command, at, all) => ({ command, output: at === all.length - 1 ? output : null }));
  });
}
