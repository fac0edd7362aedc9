/** The lines of a body, without those that are blank. A line that is longer than the limit of a body does not come. */
export async function* linesOf(pieces: AsyncIterable<Buffer>): AsyncGenerator<string, void, undefined> {
  let rest = "";
  const decoder = new TextDecoder();
  for await (const piece of pieces) {
    const all = (rest + decoder.decode(piece, { stream: true })).split("\n");
    rest = all.pop()!;
    yield* all.filter((line) => line.trim() !== "");
  }
}
