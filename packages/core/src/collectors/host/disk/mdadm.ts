import { join } from "node:path";
import { CloudMonitorError } from "../../../model/errors.ts";
import type { InstanceRef, CollectContext, SampleWriter } from "../../../model/collector.ts";
import { labelBlock } from "../../../model/label-text.ts";
import { families } from "../families.ts";
import type { HostCollector, HostCollectorDefinition } from "../host-collector.ts";
import { byteNameOf } from "../kernel-files/byte-name.ts";
import type { ProcFile } from "../kernel-files/proc-file.ts";
import { attributeNumber, entriesOf } from "../kernel-files/sysfs.ts";
import { NamedLabels } from "../named-labels.ts";

const DISK_STATES = ["active", "failed", "spare"] as const;
const STATES = ["active", "check", "inactive", "recovering", "resync"] as const;
type State = (typeof STATES)[number];

export const MDADM: HostCollectorDefinition = {
  name: "mdadm",
  families: [
    ...families(
      { type: "gauge", labels: ["device"] },
      {
        node_md_blocks: "Blocks of the array.",
        node_md_blocks_synced: "Blocks of the array that are in sync.",
        node_md_degraded: "Disks that the array lacks.",
        node_md_disks_required: "Disks that the array needs, according to /proc/mdstat.",
        node_md_raid_disks: "Disks that the array needs, according to sysfs.",
      },
    ),
    ...families(
      { type: "gauge", labels: ["device", "state"] },
      {
        node_md_disks: "Disks of the array that are active, failed or spare.",
        node_md_state: "1 for the state of the array, 0 for the others.",
      },
    ),
  ],
  settings: {},
  create: ({ files, options }) => new MdadmCollector(files.file("mdstat"), options.sysfs),
};

/** Software RAID, /proc/mdstat and /sys/block/md (Documentation/admin-guide/md.rst); without it there is nothing to read. */
export class MdadmCollector implements HostCollector {
  readonly #file: ProcFile;
  readonly #blocks: string;
  readonly #labels = new NamedLabels(labelsOf);

  constructor(file: ProcFile, sysfs: string) {
    this.#file = file;
    this.#blocks = join(byteNameOf(sysfs), "block");
  }

  collect(_instance: InstanceRef, _context: CollectContext, out: SampleWriter): void {
    const text = this.#file.textIfThere();
    for (const array of text === null ? [] : parseMdstat(text)) writeArray(array, this.#labels.get(array.device), out);
    for (const name of entriesOf(this.#blocks)) {
      if (!name.startsWith("md")) continue;
      const folder = join(this.#blocks, name, "md");
      const disks = attributeNumber(join(folder, "raid_disks"));
      if (disks === null) continue;
      const { device } = this.#labels.get(name);
      out.series("node_md_raid_disks", device, disks);
      // Arrays without redundancy have no such file.
      out.series("node_md_degraded", device, attributeNumber(join(folder, "degraded")) ?? 0);
    }
    this.#labels.endReading();
  }
}

interface ArrayLabels {
  readonly device: string;
  readonly disks: readonly string[];
  readonly states: readonly string[];
}

function labelsOf(device: string): ArrayLabels {
  const withState = (state: string) => labelBlock({ device, state });
  return { device: labelBlock({ device }), disks: DISK_STATES.map(withState), states: STATES.map(withState) };
}

function writeArray(array: RaidArray, labels: ArrayLabels, out: SampleWriter): void {
  out.series("node_md_blocks", labels.device, array.blocks);
  out.series("node_md_blocks_synced", labels.device, array.blocksSynced);
  out.series("node_md_disks_required", labels.device, array.disksRequired);
  DISK_STATES.forEach((state, index) => out.series("node_md_disks", labels.disks[index]!, array.disks[state]));
  STATES.forEach((state, index) => out.series("node_md_state", labels.states[index]!, state === array.state ? 1 : 0));
}

export interface RaidArray {
  readonly device: string;
  /** Null while it is reshaped, and when it is broken. */
  readonly state: State | null;
  /** Of 1 KiB. */
  readonly blocks: number;
  readonly blocksSynced: number;
  readonly disksRequired: number;
  readonly disks: Readonly<Record<(typeof DISK_STATES)[number], number>>;
}

/** One array per line `mdN : active ...` and those below it. Throws `COLLECT_FAILED` when one of them has no number of blocks. */
export function parseMdstat(text: string): RaidArray[] {
  return text.split(/\n(?=\S)/).flatMap((section) => {
    const [first = "", status = "", ...rest] = section.split("\n");
    const [, device, activity] = /^(md\S*) : (active|inactive|broken)\b/.exec(first) ?? [];
    if (device === undefined) return [];
    return [arrayOf({ device, activity: activity as Activity, first, status, rest })];
  });
}

type Activity = "active" | "inactive" | "broken";
/** An array without redundancy that lost a disk is broken (md_seq_show of drivers/md/md.c). */
const STATE_OF_ACTIVITY: Readonly<Record<Activity, State | null>> = {
  active: "active",
  inactive: "inactive",
  broken: null,
};

interface Section {
  readonly device: string;
  readonly activity: Activity;
  readonly first: string;
  readonly status: string;
  readonly rest: readonly string[];
}

function arrayOf({ device, activity, first, status, rest }: Section): RaidArray {
  const blocks = Number(/^\s+(\d{1,19}) blocks\b/.exec(status)?.[1] ?? Number.NaN);
  if (Number.isNaN(blocks))
    throw new CloudMonitorError("COLLECT_FAILED", "/proc/mdstat has an array without a number of blocks");
  const marked = (mark: string) => first.split(mark).length - 1;
  const { required, active } = disksOf({ activity, first, status });
  const sync = syncOf(rest, blocks);
  return {
    device,
    state: sync === null ? STATE_OF_ACTIVITY[activity] : sync.state,
    blocks,
    blocksSynced: sync?.blocksSynced ?? blocks,
    disksRequired: required,
    disks: { active, failed: marked("(F)"), spare: marked("(S)") },
  };
}

/** `[required/active]` of the status; arrays without redundancy need all disks, and do not have it. */
function disksOf({ activity, first, status }: Pick<Section, "activity" | "first" | "status">) {
  if (/ (raid0|linear)\b/.test(first)) {
    const all = first.match(/\[\d+\]/g)?.length ?? 0;
    return { required: all, active: all };
  }
  if (activity === "inactive") return { required: 0, active: 0 };
  const [, required = "0", active = "0"] = /\[(\d{1,9})\/(\d{1,9})\]/.exec(status) ?? [];
  return { required: Number(required), active: Number(active) };
}

/** The state by the action of sync_action; an array that is reshaped is in none of them, as in node_exporter. */
const STATE_OF_ACTION: Readonly<Record<string, State | null>> = {
  recovery: "recovering",
  resync: "resync",
  check: "check",
  reshape: null,
};

/** Of a line such as `recovery = 8.5% (16775552/195310144)` or `resync=DELAYED`; null when there is none. */
function syncOf(lines: readonly string[], blocks: number): { state: State | null; blocksSynced: number } | null {
  for (const line of lines) {
    const [, action, waits] = /\b(recovery|resync|check|reshape)\s*=\s*(PENDING|DELAYED|REMOTE)?/.exec(line) ?? [];
    if (action === undefined) continue;
    const state = STATE_OF_ACTION[action]!;
    const done = /\((\d{1,19})\/\d+\)/.exec(line)?.[1];
    return { state, blocksSynced: waits !== undefined ? 0 : done === undefined ? blocks : Number(done) };
  }
  return null;
}
