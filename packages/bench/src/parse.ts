import { parseText, RememberedText } from "@cloud-monitor/core";
import { exporterBody } from "./support/exporter-body.ts";
import { median } from "./support/median.ts";
import { report } from "./support/report.ts";

/**
 * Samples per second that one core parses, of bodies of 507 series: such whose series were never seen, and such that differ
 * from the one before in their numbers only, as those of one target do. There is no peer in JavaScript that does the same;
 * `targets.ts` compares the whole scrape.
 */
const SERIES = 507;
const ROUNDS = 7;
const ROUND_MS = 1_000;
/** Bodies with other numbers, so that nothing is learned about one of them. */
const VERSIONS = 16;

const versions = Array.from({ length: VERSIONS }, (_, version) => Buffer.from(exporterBody(SERIES, version)));
const strangers = Array.from({ length: VERSIONS }, (_, index) => Buffer.from(exporterBody(SERIES, 1, `sd${index}`)));
const remembered = new RememberedText(parseText(versions[0]!, "text"));
const values = new Float64Array(SERIES);

const neverSeen = rates((at) => parseText(strangers[at]!, "text").names.length === SERIES);
const repeated = rates((at) => remembered.read(versions[at]!, values));

report(
  `Parsing bodies of ${SERIES} series and ${versions[0]!.length} bytes, median of ${ROUNDS} rounds of ${ROUND_MS / 1000} s`,
  ["bodies", "samples per second of CPU time"],
  [
    ["never seen", neverSeen],
    ["other numbers only", repeated],
  ],
);

function rates(parse: (at: number) => boolean): number {
  const rounds: number[] = [];
  // Round 0 is the warm-up.
  for (let round = 0; round <= ROUNDS; round++) {
    const startUs = process.cpuUsage().user;
    const endMs = performance.now() + ROUND_MS;
    let samples = 0;
    for (let at = 0; performance.now() < endMs; at = (at + 1) % VERSIONS) {
      if (!parse(at)) throw new Error("the body was not read as it should be");
      samples += SERIES;
    }
    if (round > 0) rounds.push(samples / ((process.cpuUsage().user - startUs) / 1e6));
  }
  return median(rounds);
}
