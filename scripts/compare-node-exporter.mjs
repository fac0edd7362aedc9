#!/usr/bin/env node
import { parseArgs } from "node:util";

/**
 * Compares the metrics of this daemon with those of a node_exporter on the same machine: every family, type and series that
 * node_exporter serves must be served here as well, with the same value. Values move, so node_exporter is scraped before and
 * after. Prints what differs, and exits with 1 if anything does.
 */

const USAGE = `Usage: node scripts/compare-node-exporter.mjs [--rounds=3] <this daemon> <node_exporter>

Example: node scripts/compare-node-exporter.mjs http://127.0.0.1:8080/metrics http://127.0.0.1:9100/metrics`;

/** Families and series that are not expected to agree, and why. */
const EXCEPTIONS = [
  [/^node_exporter_build_info/, "the other program's version"],
  [/^node_scrape_collector_(duration_seconds|success)/, "of the program itself"],
  [/^node_disk_.*device="zram/, "excluded by default since version 1.6"],
  [/^node_filesystem_purgeable_bytes/, "0 on Linux, always"],
  [/^node_tcp_connection_states.*_queued_bytes/, "node_exporter adds the limits of listening sockets"],
  [/^node_disk_info\{.*rotational="0"/, "node_exporter says 0 when it could not read another attribute"],
  [
    /^node_(bcache|bcachefs|btrfs|dmmultipath|edac|fibrechannel|infiniband|ipvs|nfs|nfsd|nvme|rapl|selinux|tape|watchdog|xfs|zfs)_/,
    "there is no such collector here yet",
  ],
];
const LABEL = /[A-Za-z_]\w*="(?:[^"\\]|\\.)*"/g;
/** Added after version 1.5: adminstate of node_network_info, device_error of node_filesystem_*, rotational of node_disk_info. */
const NEWER_LABELS = /^(adminstate|device_error|rotational)=/;
/** Values that change between any two readings, and what part of the value, or which number, the difference may be. */
const MOVING = [
  [/^node_(time_seconds|boot_time_seconds)$/, 0, 5],
  [/^node_memory_/, 0.1, 64 * 2 ** 20],
  [/^node_(load\d+|procs_running|procs_blocked|entropy_available_bits)$/, 0.5, 300],
  [/^node_(filesystem|sockstat|netstat|filefd|processes|tcp|nf_conntrack|cpu_scaling|cpu_frequency|timex)_/, 0.2, 32],
  [/^node_disk_io_now$/, 0, 64],
];

const { values, positionals } = parseArgs({
  options: { rounds: { type: "string", default: "3" }, help: { type: "boolean" } },
  allowPositionals: true,
});
if (values.help || positionals.length !== 2) {
  console.log(USAGE);
  process.exit(values.help ? 0 : 2);
}
const [oursUrl, theirsUrl] = positionals;

/** A difference counts when every round finds it: a device may come or go meanwhile. */
let found = null;
for (let round = 0; round < Number(values.rounds); round++) {
  const differences = await compare();
  found = found === null ? differences : new Map([...found].filter(([key]) => differences.has(key)));
}
const texts = new Set(found.values());
for (const text of texts) console.log(text);
console.log(texts.size === 0 ? "no difference" : `${texts.size} differences`);
process.exitCode = found.size === 0 ? 0 : 1;

async function compare() {
  const before = parse(await scrape(theirsUrl));
  const ours = parse(await scrape(oursUrl));
  const after = parse(await scrape(theirsUrl));
  const differences = new Map();
  for (const [name, family] of before) {
    if (!name.startsWith("node_") || isException(name)) continue;
    const own = ours.get(name);
    if (own !== undefined && own.type !== family.type)
      differences.set(`type ${name}`, `${name}: ${own.type}, wanted ${family.type}`);
    for (const [labels, value] of family.series) {
      const later = after.get(name)?.series.get(labels);
      const key = `${name}{${labels}}`;
      if (later === undefined || isException(key)) continue;
      const served = own?.series.get(labels) ?? own?.series.get(withoutNewer(labels));
      if (own === undefined) differences.set(key, `${name}: not served`);
      else if (served === undefined) differences.set(key, `${key}: not served`);
      else if (!isBetween(name, [value, served, later]))
        differences.set(key, `${key}: ${served}, wanted ${value} to ${later}`);
    }
  }
  return differences;
}

function isException(key) {
  return EXCEPTIONS.some(([pattern]) => pattern.test(key));
}

function isBetween(name, [before, served, after]) {
  const [, part, number] = MOVING.find(([pattern]) => pattern.test(name)) ?? [null, 1e-9, 0];
  const slack = Math.max(part * Math.abs(before), number);
  return served >= Math.min(before, after) - slack && served <= Math.max(before, after) + slack;
}

async function scrape(url) {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`${url} answered ${response.status}`);
  return response.text();
}

/** Families by name; the series of a histogram or summary are families of their own here, which is enough to compare. */
function parse(text) {
  const families = new Map();
  const types = new Map();
  for (const line of text.split("\n")) {
    const [, typed, type] = /^# TYPE (\S+) (\S+)$/.exec(line) ?? [];
    if (typed !== undefined) types.set(typed, type);
    const [, name, labels = "", value] = /^([A-Za-z_:][\w:]*)(?:\{(.*)\})? (\S+)$/.exec(line) ?? [];
    if (name === undefined) continue;
    const family = families.get(name) ?? { type: types.get(name) ?? "untyped", series: new Map() };
    family.series.set(sorted(labels), numberOf(value));
    if (!family.series.has(withoutNewer(labels))) family.series.set(withoutNewer(labels), numberOf(value));
    families.set(name, family);
  }
  return families;
}

/** Two programs may write labels in different orders. */
function sorted(labels) {
  return (labels.match(LABEL) ?? []).toSorted().join(",");
}

/** The labels without those that only newer versions of node_exporter have. */
function withoutNewer(labels) {
  return (labels.match(LABEL) ?? []).filter((label) => !NEWER_LABELS.test(label)).join(",");
}

function numberOf(text) {
  return text === "+Inf" ? Infinity : text === "-Inf" ? -Infinity : Number(text);
}
