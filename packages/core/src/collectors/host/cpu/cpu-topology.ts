import { join } from "node:path";
import type { CollectContext, SampleWriter } from "../../../model/collector.ts";
import { labelBlock } from "../../../model/label-text.ts";
import { AttributeFile } from "../kernel-files/attribute-file.ts";
import { byteNameOf } from "../kernel-files/byte-name.ts";
import { KeyedCache } from "../kernel-files/keyed-cache.ts";
import { attributeText, isThere } from "../kernel-files/sysfs.ts";
import { cpuNumbers, parseCpuList } from "./cpu-numbers.ts";

/** CPUs are seldom added or removed, or switched on or off. */
const PERIOD_MS = 30_000;

/** What sysfs says about the CPUs: throttling, and which are online or isolated (Documentation/ABI/testing/sysfs-devices-system-cpu). */
export class CpuTopology {
  readonly #folder: string;
  #plan: Plan = { cores: [], packages: [], isolated: [], online: [] };
  #plannedMs = Number.NEGATIVE_INFINITY;
  readonly #labels = new KeyedCache((key) => {
    const [core = "", packageId = ""] = key.split(" ");
    return labelBlock(packageId === "" ? { package: core } : { core, package: packageId });
  });

  constructor(sysfs: string) {
    this.#folder = join(byteNameOf(sysfs), "devices", "system", "cpu");
  }

  write(context: CollectContext, out: SampleWriter): void {
    if (context.monotonicMs - this.#plannedMs >= PERIOD_MS) this.#planAgain(context.monotonicMs);
    const { cores, packages, isolated, online } = this.#plan;
    for (const counter of cores) this.#write("node_cpu_core_throttles_total", counter, out);
    for (const counter of packages) this.#write("node_cpu_package_throttles_total", counter, out);
    this.#labels.endReading();
    for (const labels of isolated) out.series("node_cpu_isolated", labels, 1);
    for (const { labels, file } of online) {
      const value = file.number();
      if (value !== null) out.series("node_cpu_online", labels, value);
    }
  }

  #planAgain(nowMs: number): void {
    const { cores, packages, online } = this.#plan;
    for (const { file } of [...cores, ...packages, ...online]) file.close();
    this.#plan = planOf(this.#folder);
    this.#plannedMs = nowMs;
  }

  #write(family: string, { key, file }: Counter, out: SampleWriter): void {
    const count = file.number();
    if (count !== null) out.series(family, this.#labels.get(key), count);
  }
}

interface Counter {
  /** `core package`, or `package`. */
  readonly key: string;
  readonly file: AttributeFile;
}

interface Plan {
  readonly cores: readonly Counter[];
  readonly packages: readonly Counter[];
  /** Label blocks. */
  readonly isolated: readonly string[];
  readonly online: readonly { readonly labels: string; readonly file: AttributeFile }[];
}

/**
 * The threads of a core share its counter, the cores of a package the package's. The first by name that has it is read, as
 * by node_exporter: each CPU counts on its own what it sees.
 */
function planOf(folder: string): Plan {
  const cores = new Map<string, Counter>();
  const packages = new Map<string, Counter>();
  const online: { labels: string; file: AttributeFile }[] = [];
  for (const cpu of cpuNumbers(folder).toSorted()) {
    const own = join(folder, `cpu${cpu}`);
    // A CPU that cannot be switched off has no such file.
    if (attributeText(join(own, "online")) !== null) {
      online.push({ labels: labelBlock({ cpu }), file: new AttributeFile(join(own, "online")) });
    }
    const core = attributeText(join(own, "topology", "core_id"));
    const packageId = attributeText(join(own, "topology", "physical_package_id"));
    if (core === null || packageId === null) continue;
    const key = `${core} ${packageId}`;
    const throttle = join(own, "thermal_throttle");
    addFirst(cores, key, join(throttle, "core_throttle_count"));
    addFirst(packages, packageId, join(throttle, "package_throttle_count"));
  }
  const isolated = parseCpuList(attributeText(join(folder, "isolated")) ?? "");
  return {
    cores: [...cores.values()],
    packages: [...packages.values()],
    isolated: isolated.map((cpu) => labelBlock({ cpu: String(cpu) })),
    online,
  };
}

function addFirst(counters: Map<string, Counter>, key: string, path: string): void {
  if (!counters.has(key) && isThere(path)) counters.set(key, { key, file: new AttributeFile(path) });
}
