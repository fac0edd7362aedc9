import type { InstanceRef, CollectContext, SampleWriter } from "../../../model/collector.ts";
import { CloudMonitorError } from "../../../model/errors.ts";
import { families } from "../families.ts";
import type { HostCollector, HostCollectorDefinition } from "../host-collector.ts";
import { attributeNumber } from "../kernel-files/sysfs.ts";
import type { HostFiles } from "../kernel-files/host-files.ts";
import type { ProcFile } from "../kernel-files/proc-file.ts";

/** Columns that are served; kernels differ in the others. */
const COLUMNS = [
  "drop",
  "early_drop",
  "found",
  "ignore",
  "insert",
  "insert_failed",
  "invalid",
  "search_restart",
] as const;

export const CONNTRACK: HostCollectorDefinition = {
  name: "conntrack",
  families: families(
    { type: "gauge", labels: [] },
    {
      node_nf_conntrack_entries: "Connections that are tracked for packet filtering.",
      node_nf_conntrack_entries_limit: "Maximum number of tracked connections.",
      node_nf_conntrack_stat_drop: "Packets dropped because a connection could not be tracked.",
      node_nf_conntrack_stat_early_drop: "Connections evicted to make room for new ones.",
      node_nf_conntrack_stat_found: "Successful searches of the table.",
      node_nf_conntrack_stat_ignore: "Packets that were tracked already.",
      node_nf_conntrack_stat_insert: "Connections inserted into the table.",
      node_nf_conntrack_stat_insert_failed: "Connections that could not be inserted, as they were already there.",
      node_nf_conntrack_stat_invalid: "Packets that could not be tracked.",
      node_nf_conntrack_stat_search_restart: "Searches repeated because the table was resized.",
    },
  ),
  settings: {},
  create: ({ files, options }) => new ConntrackCollector(files, options.procfs),
};

/** Connection tracking of netfilter (Documentation/networking/nf_conntrack-sysctl.rst); without it there is nothing to read. */
export class ConntrackCollector implements HostCollector {
  readonly #folder: string;
  readonly #statistics: ProcFile;

  constructor(files: HostFiles, procfs: string) {
    this.#folder = `${procfs}/sys/net/netfilter`;
    this.#statistics = files.file("net", "stat", "nf_conntrack");
  }

  collect(_instance: InstanceRef, _context: CollectContext, out: SampleWriter): void {
    const entries = attributeNumber(`${this.#folder}/nf_conntrack_count`);
    if (entries === null) return;
    out.series("node_nf_conntrack_entries", "", entries);
    const limit = attributeNumber(`${this.#folder}/nf_conntrack_max`);
    if (limit !== null) out.series("node_nf_conntrack_entries_limit", "", limit);
    const text = this.#statistics.textIfThere();
    if (text === null) return;
    for (const [column, sum] of parseConntrack(text)) out.series(`node_nf_conntrack_stat_${column}`, "", sum);
  }
}

/** Sums over all CPUs by column; a row that has not a hexadecimal number per heading is skipped. Throws `COLLECT_FAILED` when there is no row. */
export function parseConntrack(text: string): Map<string, number> {
  const [headings = [], ...rows] = text.split("\n").map((line) => line.trim().split(/\s+/));
  const valid = rows.filter(
    (row) => row.length === headings.length && row.every((word) => /^[0-9a-f]{1,16}$/.test(word)),
  );
  if (valid.length === 0)
    throw new CloudMonitorError("COLLECT_FAILED", "/proc/net/stat/nf_conntrack has no row of hexadecimal numbers");
  const sums = new Map<string, number>();
  for (const column of COLUMNS) {
    const index = headings.indexOf(column);
    if (index === -1) continue;
    sums.set(
      column,
      valid.reduce((sum, row) => sum + Number.parseInt(row[index]!, 16), 0),
    );
  }
  return sums;
}
