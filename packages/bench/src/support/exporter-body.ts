/** Metric names, in families of the sizes that node_exporter has on a small host. */
const FAMILY_SIZES = [32, 24, 16, 16, 8, 8, 8, 4, 4, 4, 4, 2, 2, 2];

/**
 * A body as an exporter sends it: `series` series, half of them counters that grow with `version`, a third of the families
 * with several labelled series, HELP and TYPE for each.
 */
export function exporterBody(series: number, version: number, device = "sda"): string {
  const lines: string[] = [];
  for (let family = 0, written = 0; written < series; family++) {
    const size = Math.min(series - written, family % 3 === 0 ? FAMILY_SIZES[(family / 3) % FAMILY_SIZES.length]! : 1);
    const isCounter = family % 2 === 0;
    const name = `node_subsystem${family}_of_the_host_${isCounter ? "bytes_total" : "ratio"}`;
    lines.push(`# HELP ${name} What this family of the exporter counts, in a sentence as they are written.`);
    lines.push(`# TYPE ${name} ${isCounter ? "counter" : "gauge"}`);
    for (let index = 0; index < size; index++) {
      const labels = size === 1 ? "" : `{cpu="${index}",device="${device}",mode="mode${index % 8}"}`;
      const value = isCounter ? (family * 1e6 + index * 1e3 + version * 977).toExponential() : (family + index) / 8;
      lines.push(`${name}${labels} ${String(value).replace(/e\+(\d)$/, "e+0$1")}`);
    }
    written += size;
  }
  return `${lines.join("\n")}\n`;
}
