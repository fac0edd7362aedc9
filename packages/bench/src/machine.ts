import { cpus, release, totalmem, type } from "node:os";

/** The description of the machine, as one line under a table. */
export function machine(): string {
  const processors = cpus();
  const model = processors[0]?.model.trim() ?? "unknown processor";
  const memoryGiB = Math.round(totalmem() / 2 ** 30);
  const today = new Date().toISOString().slice(0, 10);
  return `${model}, ${processors.length} cores, ${memoryGiB} GiB, ${type()} ${release()}, Node ${process.versions.node}, ${today}`;
}
